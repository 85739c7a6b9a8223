import { readFileSync } from 'node:fs';
import { listOf, parseJson, textOf } from '../json.ts';

/** A practice incident that the page offers under "Try it". */
export interface TourStop {
  readonly node: string;
  readonly title: string;
  readonly text: string;
  /** What people see: incidents that look alike stand under one heading. Absent: it stands alone. */
  readonly group?: string;
}

/** Reads the tour: a JSON list of `{node, title, text, group?}`. Throws one sentence when the file is something else. */
export function readTour(path: string): TourStop[] {
  const given = parseJson(readFileSync(path, 'utf8'));
  if (!Array.isArray(given)) throw new Error(`${path} is no tour: it should be a JSON list of {node, title, text}.`);
  return listOf(given).map((entry, i) => {
    const stop = { node: textOf(entry, 'node'), title: textOf(entry, 'title'), text: textOf(entry, 'text') };
    if (stop.node === undefined || stop.title === undefined || stop.text === undefined) {
      throw new Error(`${path}: entry ${i} needs node, title and text.`);
    }
    const group = textOf(entry, 'group');
    return { node: stop.node, title: stop.title, text: stop.text, ...(group === undefined ? {} : { group }) };
  });
}
