import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from './merge-patch.ts';

/** Raised for an operation that cannot be done; the real server answers 422 and does not say which. */
export class JsonPatchError extends Error {}

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** RFC 6902 on a document that stays as it is. Throws JsonPatchError for the first operation that cannot be done. */
export function jsonPatch(document: unknown, operations: readonly Operation[]): unknown {
  let root = structuredClone(document);
  for (const operation of operations) root = operate(root, operation);
  return root;
}

/** The operations of a body, or null when it is no list of them. */
export function operationsOf(body: unknown): Operation[] | null {
  if (!Array.isArray(body)) return null;
  const all = body.every((one) => isObject(one) && typeof one['op'] === 'string' && typeof one['path'] === 'string');
  return all ? (body as Operation[]) : null;
}

function operate(root: unknown, { op, path, from, value }: Operation): unknown {
  const at = pointer(path);
  switch (op) {
    case 'test':
      if (!isDeepStrictEqual(valueAt(root, at), value)) throw new JsonPatchError(`testing value ${path} failed`);
      return root;
    case 'remove':
      return removed(root, at);
    case 'add':
      return added(root, at, structuredClone(value));
    case 'replace':
      valueAt(root, at);
      return at.length === 0 ? structuredClone(value) : added(removed(root, at), at, structuredClone(value));
    case 'copy':
      return added(root, at, structuredClone(valueAt(root, pointer(from ?? ''))));
    case 'move': {
      const moved = structuredClone(valueAt(root, pointer(from ?? '')));
      return added(removed(root, pointer(from ?? '')), at, moved);
    }
    default:
      throw new JsonPatchError(`unexpected kind: ${op}`);
  }
}

/** RFC 6901. */
function pointer(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new JsonPatchError(`no pointer: ${path}`);
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (Array.isArray(value)) value = value[position(value, key, value.length - 1)];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else throw new JsonPatchError(`nothing at ${path.join('/')}`);
  }
  return value;
}

function added(root: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const key = path.at(-1) ?? '';
  const holder = valueAt(root, path.slice(0, -1));
  if (Array.isArray(holder)) {
    holder.splice(key === '-' ? holder.length : position(holder, key, holder.length), 0, value);
  } else if (isObject(holder)) set(holder, key, value);
  else throw new JsonPatchError(`nothing holds ${path.join('/')}`);
  return root;
}

function removed(root: unknown, path: readonly string[]): unknown {
  if (path.length === 0) throw new JsonPatchError('the whole document cannot be removed');
  const key = path.at(-1) ?? '';
  valueAt(root, path);
  const holder = valueAt(root, path.slice(0, -1));
  if (Array.isArray(holder)) holder.splice(position(holder, key, holder.length - 1), 1);
  else delete (holder as Json)[key];
  return root;
}

function position(list: readonly unknown[], key: string, highest: number): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (!(index <= highest)) throw new JsonPatchError(`a list of ${list.length} has no ${key}`);
  return index;
}

/** Also for a key like `__proto__`, which is data here. */
function set(holder: Json, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
