// Reads a dataset of JSON-stat from standard input with the format's own toolkit: what it takes it for, and a line for
// each value with its codes.
import { readFileSync } from 'node:fs';
import JSONstat from 'jsonstat-toolkit';

const dataset = JSONstat(JSON.parse(readFileSync(0, 'utf8')));
const head = { class: dataset.class, length: dataset.length, id: dataset.id, role: dataset.role, label: dataset.label };
const labels = Object.fromEntries(
  dataset.id.map((id) => [id, dataset.Dimension(id).id.map((code) => dataset.Dimension(id).Category(code).label)]),
);
const rows = dataset.toTable({ type: 'arrobj', content: 'id', status: true });
console.log(JSON.stringify({ ...head, labels, rows }));
