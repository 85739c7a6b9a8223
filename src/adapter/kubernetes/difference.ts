import { clean } from './clean.ts';
import { isRecord } from './live-object.ts';

/** What the API server keeps by itself; it changes with every write, whatever was written. */
const SERVERS_OWN: Readonly<Record<string, readonly string[]>> = {
  '': ['status'],
  metadata: ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'],
  'metadata.annotations': [
    'kubectl.kubernetes.io/last-applied-configuration',
    'deprecated.daemonset.template.generation',
  ],
};

/** Lists whose members are told apart by another field than `name`: the merge keys of the API. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  taints: 'key',
  addresses: 'type',
  conditions: 'type',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

/**
 * How one object differs from another, leaf by leaf: `-path: old` and `+path: new`, in the order of the paths in the objects.
 * Members of a list are named by their merge key where each has one of its own, else by their place. Values are YAML scalars.
 * Where members that stay changed their order, which matters for the settings of a container, both orders are told.
 */
export function difference(before: unknown, after: unknown): readonly string[] {
  const [old, now] = [flat(before), flat(after)];
  const paths = [...old.leaves.keys(), ...[...now.leaves.keys()].filter((path) => !old.leaves.has(path))];
  const leaves = paths.flatMap((path) => lines(path, old.leaves.get(path), now.leaves.get(path)));
  const orders = [...old.orders].flatMap(([path, keys]) => {
    const others = now.orders.get(path) ?? [];
    const [was, is] = [keys.filter((key) => others.includes(key)), others.filter((key) => keys.includes(key))];
    return lines(`${path} in the order`, was.join(', '), is.join(', '));
  });
  return [...leaves, ...orders];
}

function lines(path: string, was: string | undefined, is: string | undefined): readonly string[] {
  if (was === is) return [];
  return [...(was === undefined ? [] : [`-${path}: ${was}`]), ...(is === undefined ? [] : [`+${path}: ${is}`])];
}

interface Flat {
  readonly leaves: Map<string, string>;
  /** Keys of the members of each keyed list, in their order. */
  readonly orders: Map<string, readonly string[]>;
}

function flat(value: unknown): Flat {
  const all: Flat = { leaves: new Map(), orders: new Map() };
  walk(value, '', '', all);
  return all;
}

function walk(value: unknown, path: string, field: string, all: Flat): void {
  if (Array.isArray(value)) {
    const key = MERGE_KEYS[field] ?? 'name';
    const names = memberNames(value, key);
    if (value.length === 0) all.leaves.set(path, '[]');
    if (names !== null) all.orders.set(path, names);
    for (const [index, member] of value.entries()) {
      const inner = names === null ? member : withoutKey(member, key);
      walk(inner, `${path}[${names?.[index] ?? index}]`, '', all);
    }
  } else if (isRecord(value)) {
    const own = SERVERS_OWN[path] ?? [];
    const members = Object.entries(value).filter(([name]) => !own.includes(name));
    if (Object.keys(value).length === 0) all.leaves.set(path, '{}');
    for (const [name, member] of members) walk(member, joined(path, name), name, all);
  } else {
    all.leaves.set(path, scalar(value));
  }
}

/** The name of each member, or `null` where they cannot all be told apart by it. */
function memberNames(members: readonly unknown[], key: string): readonly string[] | null {
  const names = members.map((member) => (isRecord(member) ? member[key] : undefined));
  const proper = names.filter((name) => typeof name === 'string' || typeof name === 'number');
  if (members.length === 0 || proper.length < names.length || new Set(proper).size < names.length) return null;
  return proper.map((name) => clean(String(name), 200));
}

/** The rest of a member whose key stands in its path already; the key alone where there is no more. */
function withoutKey(member: unknown, key: string): unknown {
  if (!isRecord(member) || Object.keys(member).length === 1) return member;
  return Object.fromEntries(Object.entries(member).filter(([name]) => name !== key));
}

function joined(path: string, name: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return `${path}[${JSON.stringify(clean(name, 300))}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** A value as YAML writes it: a string that reads as something else is quoted. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const words = clean(value, 500);
  const plain = /^[A-Za-z/][\w./:@+-]*$/.test(words) && !/^(true|false|yes|no|on|off|null|y|n)$|:$/i.test(words);
  return plain && words === value ? words : JSON.stringify(words);
}
