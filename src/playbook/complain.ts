import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { KINDS } from './schema.ts';

/** One thing wrong with a playbook, at its place. */
export interface Complaint {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly says: string;
}

/** Puts a complaint about a value at its place; where the value is missing, at its nearest ancestor that is there. */
export type Place = (path: readonly PropertyKey[], says: string) => Complaint;

/** The text as plain data, with the way back from a value to its line; or what is wrong with it as YAML. */
export type Written =
  | { readonly plain: unknown; readonly place: Place }
  | { readonly complaints: readonly Complaint[] };

/** A broken file may break everywhere; more than this nobody reads. */
const MOST = 20;

/** Reads YAML 1.2 without aliases, tags, and keys other than words. Never throws. */
export function written(file: string, text: string): Written {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number, says: string): Complaint => {
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col, says };
  };
  const troubles = [...document.errors, ...document.warnings];
  const deep = troubles.find(({ message }) => message.startsWith('Maximum call stack'));
  if (deep !== undefined) return { complaints: [at(deep.pos[0], 'nested too deeply')] };
  const complaints = troubles.map(({ pos, message }) => at(pos[0], message.split('\n')[0] ?? message));
  if (complaints.length === 0) complaints.push(...refused(document).map(([offset, says]) => at(offset, says)));
  if (complaints.length > 0) return { complaints: complaints.slice(0, MOST) };
  return {
    plain: document.toJS({ maxAliasCount: 0 }),
    place: (path, says) => at(offsetOf(document, path), says),
  };
}

/** Forms of YAML that a playbook has no use for. */
function refused(document: Document): [number, string][] {
  const found: [number, string][] = [];
  visit(document, {
    Alias: (_, { range, source }) => void found.push([range?.[0] ?? 0, `*${source}: aliases are not allowed`]),
    Pair: (_, { key }) => {
      const name = isScalar(key) ? String(key.value) : '';
      if (/^[^\p{C}]{1,64}$/u.test(name) && name !== '__proto__') return;
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      found.push([offset, name === '__proto__' ? '__proto__: no such key' : 'a key has to be a word']);
    },
  });
  return found;
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isScalar(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

type Issue = z.core.$ZodIssue;

/** What the schema has against `plain`, each at its place; of the kinds of state only the one that is meant is spoken of. */
export function schemaComplaints(issues: readonly Issue[], plain: unknown, place: Place): Complaint[] {
  return issues.flatMap((issue) => schemaComplaint(issue, [], plain, place));
}

function schemaComplaint(issue: Issue, above: readonly PropertyKey[], plain: unknown, place: Place): Complaint[] {
  const path = [...above, ...issue.path];
  const name = path.join('.') || 'playbook';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => place([...path, key], `${[...path, key].join('.')}: no such key`));
  if (issue.code === 'invalid_key') return [place(path, `${name}: ${issue.issues[0]?.message ?? issue.message}`)];
  if (issue.code !== 'invalid_union') return [place(path, `${name}: ${issue.message}`)];
  const value = valueAt(plain, path);
  const kinds = KINDS.filter((kind) => typeof value === 'object' && value !== null && Object.hasOwn(value, kind));
  const [kind, ...more] = kinds;
  if (kind === undefined) return [place(path, `${name}: a state wants one of ${KINDS.join(', ')}`)];
  if (more.length > 0) return [place(path, `${name}: a state is one of ${kinds.join(', ')}, not several`)];
  return (issue.errors[KINDS.indexOf(kind)] ?? []).flatMap((inner) => schemaComplaint(inner, path, plain, place));
}

function valueAt(plain: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    plain,
  );
}
