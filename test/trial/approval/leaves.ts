import type { Json } from '../../../src/model/json.ts';

/** A value with one thing in it changed, and where. */
export interface Changed {
  readonly where: string;
  readonly value: Json;
}

type Members = Readonly<Record<string, Json>>;

/** Every change of one place of a plain value: each leaf another one, each member gone or renamed or beside a new one, each list in another order. */
export function changes(value: Json, where = ''): Changed[] {
  if (Array.isArray(value)) return ofList(value as readonly Json[], where);
  if (typeof value === 'object' && value !== null) return ofMembers(value as Members, where);
  return otherLeaves(value).map((other) => ({ where, value: other }));
}

function ofList(list: readonly Json[], where: string): Changed[] {
  const inside = list.flatMap((item, at) =>
    changes(item, `${where}[${at}]`).map((one) => ({ ...one, value: list.with(at, one.value) })),
  );
  const gone = list.map((_, at) => ({ where: `${where}[${at}] gone`, value: list.toSpliced(at, 1) }));
  const twice = list.map((item, at) => ({ where: `${where}[${at}] twice`, value: list.toSpliced(at, 0, item) }));
  const swapped = list.slice(1).flatMap((item, at) => {
    const before = list[at] ?? null;
    return JSON.stringify(item) === JSON.stringify(before)
      ? []
      : [{ where: `${where}[${at}] swapped`, value: list.with(at, item).with(at + 1, before) }];
  });
  return [...inside, ...gone, ...twice, ...swapped, { where: `${where} longer`, value: [...list, 'more'] }];
}

function ofMembers(members: Members, where: string): Changed[] {
  const inside = Object.entries(members).flatMap(([name, item]) =>
    changes(item, `${where}.${name}`).map((one) => ({ ...one, value: { ...members, [name]: one.value } })),
  );
  const others = Object.keys(members).flatMap((name) => {
    const { [name]: item = null, ...rest } = members;
    return [
      { where: `${where}.${name} gone`, value: rest },
      { where: `${where}.${name} renamed`, value: { ...rest, [`${name}s`]: item } },
    ];
  });
  return [...inside, ...others, { where: `${where} with more`, value: { ...members, more: null } }];
}

function otherLeaves(leaf: Json): Json[] {
  if (typeof leaf === 'string') return [`${leaf} `, `x${leaf.slice(1)}y`, null, ...(leaf === '' ? [] : [''])];
  if (typeof leaf === 'number') return [leaf + 1, leaf - 1, String(leaf), null];
  if (typeof leaf === 'boolean') return [!leaf, String(leaf)];
  return ['', 0, false];
}
