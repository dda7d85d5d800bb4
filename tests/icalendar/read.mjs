// Reads a calendar (RFC 5545) from standard input with a parser of its own, strictly: what it is called, and what stands in it.
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';

ICAL.design.strict = true;
const text = readFileSync(0, 'utf8');
const calendar = new ICAL.Component(ICAL.parse(text));
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component);
  const one = (name) => component.getFirstPropertyValue(name)?.toString() ?? null;
  return {
    uid: event.uid, summary: event.summary, description: event.description, location: event.location,
    starts: event.startDate.toString(), ends: event.endDate.toString(), wholeDays: event.startDate.isDate,
    url: one('url'), status: one('status'), transp: one('transp'), stamp: one('dtstamp'), sequence: event.sequence,
    categories: component.getFirstProperty('categories')?.getValues() ?? [],
  };
});
console.log(JSON.stringify({
  version: calendar.getFirstPropertyValue('version'),
  name: calendar.getFirstPropertyValue('name'),
  again: calendar.getFirstPropertyValue('refresh-interval')?.toString() ?? null,
  longest: Math.max(...text.split('\r\n').map((line) => Buffer.byteLength(line))),
  bare: /[^\r]\n|\r[^\n]/.test(text),
  events,
}));
