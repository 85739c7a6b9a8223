import { isObject } from './merge-patch.ts';
import type { Shape } from './shape.ts';

/** Raised for a value that is not what its field holds: `go` as encoding/json says it. */
export class TypeMismatch extends Error {}

/** What the server keeps of a value: fields that it does not know are dropped, and named. */
export interface Conformed {
  value: unknown;
  /** Paths of what was dropped, as `spec.template.spec.foo`. */
  unknown: string[];
}

/** Checks a value against its shape. `null` stands for an absent value. Throws TypeMismatch for the first value of a wrong type. */
export function conform(value: unknown, shape: Shape, path = '', where = ''): Conformed {
  if (value === null || value === undefined || shape === 'any') return { value, unknown: [] };
  if (typeof shape === 'string') {
    if (!isScalar(value, shape)) throw mismatch(value, shape === 'string' ? 'string' : scalars[shape], where);
    return { value, unknown: [] };
  }
  if (shape.is === 'list') {
    if (!Array.isArray(value)) throw mismatch(value, '[]', where);
    const all = value.map((one, index) => conform(one, shape.of, `${path}[${index}]`, where));
    return { value: all.map((one) => one.value), unknown: all.flatMap((one) => one.unknown) };
  }
  if (!isObject(value)) throw mismatch(value, shape.is === 'map' ? 'map[string]string' : `v1.${shape.go}`, where);
  const kept: (readonly [string, unknown])[] = [];
  const unknown: string[] = [];
  for (const [key, field] of Object.entries(value)) {
    const below = path === '' ? key : `${path}.${key}`;
    const fields = shape.is === 'object' ? shape.fields : null;
    if (fields !== null && !Object.hasOwn(fields, key)) {
      unknown.push(below);
      continue;
    }
    const inside = fields === null && shape.is === 'map' ? shape.of : (fields?.[key] ?? 'any');
    const named = shape.is === 'object' ? `${shape.go}.${plain(below)}` : where;
    const one = conform(field, inside, below, named);
    unknown.push(...one.unknown);
    if (one.value !== null && one.value !== undefined) kept.push([key, one.value]);
  }
  return { value: Object.fromEntries(kept), unknown };
}

const scalars = { integer: 'int32', boolean: 'bool', 'integer-or-string': 'intstr.IntOrString' } as const;

function isScalar(value: unknown, shape: 'string' | keyof typeof scalars): boolean {
  if (shape === 'string' || shape === 'boolean') return typeof value === shape;
  return Number.isInteger(value) || (shape === 'integer-or-string' && typeof value === 'string');
}

function mismatch(value: unknown, wanted: string, where: string): TypeMismatch {
  const kind = Array.isArray(value)
    ? 'array'
    : isObject(value)
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
  return new TypeMismatch(`json: cannot unmarshal ${kind} into Go struct field ${where} of type ${wanted}`);
}

function plain(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '');
}
