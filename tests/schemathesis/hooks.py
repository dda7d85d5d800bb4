"""What is asked of GraphQL's answers. There an error in a field is an answer like any other: the tool's own checks take each for a fault.

Ids are UUIDs here, mostly.
"""
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

schemathesis.graphql.scalar("ID", st.one_of(st.uuids().map(str), st.uuids().map(str), st.text(max_size=40)).map(nodes.String))

schemathesis.graphql.scalar("NaiveDate", st.one_of(st.dates().map(str), st.text(max_size=12)).map(nodes.String))


@schemathesis.check
def no_fault_of_the_server(ctx, response, case):
    """Every answer is one to the document, and each error says by its code and status whose it is."""
    assert response.status_code == 200, f"{response.status_code}: {response.text[:300]}"
    for error in response.json().get("errors") or []:
        extensions = error.get("extensions") or {}
        assert extensions.get("code") and extensions.get("status", 500) < 500, error
