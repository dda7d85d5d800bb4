"""Reads a PX file from standard input with a reader that is none of ours: its variables, their codes, and the figures in their order."""
import contextlib
import io
import json
import sys

import pxrd

# The reader says there which lines it does not understand; what follows the last one is none.
said = io.StringIO()
with contextlib.redirect_stdout(said):
    px = pxrd.reads(sys.stdin.buffer.read().decode("utf-8"))
faults = [line for line in said.getvalue().splitlines() if not line.endswith('""')]
if faults:
    sys.exit("\n".join(faults))


def listed(value):
    return value if isinstance(value, list) else [value]


variables = [name for part in ("STUB", "HEADING") if part in px.keywords() for name in listed(px.keyword(part))]
figures = px.data_str.strip().rstrip(";").split()
print(
    json.dumps(
        {
            "variables": variables,
            "codes": [listed(px.keyword("CODES", name)) for name in variables],
            "values": [listed(px.keyword("VALUES", name)) for name in variables],
            "figures": [None if figure == '".."' else float(figure) for figure in figures],
            "title": px.keyword("TITLE"),
        }
    )
)
