// Reads a dataset of JSON-stat from standard input, or a list of them, with the format's own toolkit: what it takes it for, and a
// line for each value with its codes.
import { readFileSync } from 'node:fs';
import JSONstat from 'jsonstat-toolkit';

function told(given) {
  const dataset = JSONstat(given);
  const head = { class: dataset.class, length: dataset.length, id: dataset.id, role: dataset.role, label: dataset.label };
  const labels = Object.fromEntries(
    dataset.id.map((id) => [id, dataset.Dimension(id).id.map((code) => dataset.Dimension(id).Category(code).label)]),
  );
  const codes = Object.fromEntries(dataset.id.map((id) => [id, dataset.Dimension(id).id]));
  const rows = given.value === null ? null : dataset.toTable({ type: 'arrobj', content: 'id', status: true });
  return { ...head, labels, codes, rows };
}

const given = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(Array.isArray(given) ? given.map(told) : told(given)));
