import { type Document, isAlias, isCollection, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';

/** The configuration file as plain data, and where each of its settings stands. */
export interface Parsed {
  readonly plain: unknown;
  /** `LINE:COLUMN` of a setting; of its nearest ancestor that is there, where it is missing. */
  readonly place: (path: readonly PropertyKey[]) => string;
}

/** Why the file is no configuration at all. */
export interface Unreadable {
  readonly place: string | null;
  readonly says: string;
}

const MOST_BYTES = 64 * 1024;
const MOST_DEPTH = 20;

/** Parses YAML without aliases, of at most 64 KiB and 20 levels. */
export function parseSettings(text: string): Parsed | { readonly unreadable: readonly Unreadable[] } {
  if (Buffer.byteLength(text) > MOST_BYTES) return refuse(null, 'is larger than 64 KiB');
  const counter = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${line}:${col}`;
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false, stringKeys: true });
  } catch (error) {
    // The parser goes one call deeper for each level, so a file of brackets ends in a RangeError.
    if (error instanceof RangeError) return refuse(null, `is nested deeper than ${MOST_DEPTH} levels`);
    throw error;
  }
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0) {
    return { unreadable: wrong.map(({ pos, code }) => ({ place: at(pos[0]), says: `is not valid YAML (${code})` })) };
  }
  const forbidden = deepOrAliased(document.contents, 0);
  if (forbidden !== null) return refuse(at(forbidden.offset), forbidden.says);
  return { plain: document.toJS({ maxAliasCount: 0 }), place: (path) => at(offsetOf(document, path)) };
}

function refuse(place: string | null, says: string): { readonly unreadable: readonly Unreadable[] } {
  return { unreadable: [{ place, says }] };
}

function deepOrAliased(node: unknown, depth: number): { readonly offset: number; readonly says: string } | null {
  if (isAlias(node)) return { offset: node.range?.[0] ?? 0, says: 'is an alias, which is not allowed here' };
  if (isPair(node)) return deepOrAliased(node.key, depth) ?? deepOrAliased(node.value, depth);
  if (!isCollection(node)) return null;
  if (depth >= MOST_DEPTH) return { offset: node.range?.[0] ?? 0, says: `is nested deeper than ${MOST_DEPTH} levels` };
  for (const item of node.items) {
    const forbidden = deepOrAliased(item, depth + 1);
    if (forbidden !== null) return forbidden;
  }
  return null;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.items[Number(step)];
      if (isScalar(node) || isCollection(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
