import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from './merge-patch.ts';
import { type Shape, shapeOf } from './shape.ts';

/** Who changed what, one line of metadata.managedFields. */
export interface ManagedFields {
  manager: string;
  operation: 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Json;
  subresource?: string;
}

/** Who writes. */
export interface Writer {
  manager: string;
  apiVersion: string;
  /** Seconds precision, as `2026-11-20T16:01:21Z`. */
  time: string;
  subresource: string;
}

/**
 * The lines of managedFields after a change: the writer owns every field that the change set, and nobody else does any more.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function managedFieldsAfter(
  lines: readonly ManagedFields[],
  change: { before: unknown; after: unknown; shape: Shape },
  writer: Writer,
): ManagedFields[] {
  const owned = changed(change.before, change.after, change.shape);
  if (owned === null) return [...lines];
  const isOwn = (line: ManagedFields) =>
    line.manager === writer.manager &&
    line.operation === 'Update' &&
    line.apiVersion === writer.apiVersion &&
    (line.subresource ?? '') === writer.subresource;
  const others = lines
    .filter((line) => !isOwn(line))
    .map((line) => ({ ...line, fieldsV1: less(line.fieldsV1, owned) }))
    .filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0);
  const { manager, apiVersion, time, subresource } = writer;
  const fieldsV1 = joined(lines.find((line) => isOwn(line))?.fieldsV1 ?? {}, owned);
  return [
    ...others,
    {
      manager,
      operation: 'Update',
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1,
      ...(subresource === '' ? {} : { subresource }),
    },
  ];
}

/** What a change set, as a FieldsV1 tree; null where it set nothing. Removed fields are nobody's. */
function changed(before: unknown, after: unknown, shape: Shape): Json | null {
  if (isDeepStrictEqual(before, after)) return null;
  const parts = partsOf(after, shape);
  if (parts === null) return {};
  const old = new Map(partsOf(before, shape)?.map(([name, value]) => [name, value]));
  const tree: Json = {};
  for (const [name, value, inside] of parts) {
    const below = changed(old.get(name), value, inside);
    if (below === null) continue;
    const isNew = !old.has(name) && (name.startsWith('k:') || Object.keys(below).length > 0);
    tree[name] = isNew ? { '.': {}, ...below } : below;
  }
  return Object.keys(tree).length === 0 ? null : tree;
}

/** The named parts of a value that merges part by part; null for one that is replaced whole. */
function partsOf(value: unknown, shape: Shape): [name: string, value: unknown, shape: Shape][] | null {
  if (isObject(value) && typeof shape === 'object' && shape.is !== 'list')
    return Object.entries(value).map(([key, one]) => [`f:${key}`, one, shapeOf(shape, key)]);
  if (!Array.isArray(value) || typeof shape !== 'object' || shape.is !== 'list' || shape.key === undefined) return null;
  const { key, of } = shape;
  return value.map((one) => [`k:${JSON.stringify({ [key]: isObject(one) ? one[key] : null })}`, one, of]);
}

function less(tree: Json, gone: Json): Json {
  const left = Object.entries(tree).flatMap(([name, inside]): [string, unknown][] => {
    const without = gone[name];
    if (name === '.' || !isObject(without) || !isObject(inside)) return [[name, inside]];
    if (Object.keys(inside).length === 0) return [];
    const below = less(inside, without);
    return Object.keys(below).length === 0 ? [] : [[name, below]];
  });
  return left.some(([name]) => name !== '.') ? Object.fromEntries(left) : {};
}

function joined(one: Json, two: Json): Json {
  const tree = { ...one };
  for (const [name, inside] of Object.entries(two)) {
    const here = tree[name];
    tree[name] = isObject(here) && isObject(inside) ? joined(here, inside) : inside;
  }
  return tree;
}
