import { isObject, type Json } from './merge-patch.ts';
import { type Shape, shapeOf } from './shape.ts';

/** Raised for a patch that the rules cannot be applied to. */
export class StrategicPatchError extends Error {}

const SET_ORDER = '$setElementOrder/';
const DELETE_FROM = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' own way to merge: as JSON merge patch, but lists whose elements have a key merge element by element. Directives:
 * `$patch: delete | replace | merge`, `$retainKeys`, `$setElementOrder/LIST`, `$deleteFromPrimitiveList/LIST`.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicPatch(original: unknown, patch: Json, shape: Shape): unknown {
  if (patch['$patch'] === 'replace') return without(patch, '$patch');
  if (patch['$patch'] === 'delete') return {};
  if (patch['$patch'] !== undefined && patch['$patch'] !== 'merge')
    throw new StrategicPatchError(`Unknown patch type: ${JSON.stringify(patch['$patch'])} in map`);
  const merged = new Map(Object.entries(isObject(original) ? original : {}));
  const kept = patch['$retainKeys'];
  if (Array.isArray(kept)) for (const key of merged.keys()) if (!kept.includes(key)) merged.delete(key);
  const directed = (prefix: string) =>
    Object.entries(patch).flatMap(([key, list]): [string, unknown[]][] =>
      key.startsWith(prefix) && Array.isArray(list) ? [[key.slice(prefix.length), list]] : [],
    );
  for (const [target, gone] of directed(DELETE_FROM)) {
    const list = merged.get(target);
    if (Array.isArray(list))
      merged.set(
        target,
        list.filter((one) => !gone.includes(one)),
      );
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(SET_ORDER) || key.startsWith(DELETE_FROM)) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergedValue(merged.get(key), value, shapeOf(shape, key)));
  }
  for (const [target, order] of directed(SET_ORDER)) {
    const list = merged.get(target);
    if (!Array.isArray(list)) continue;
    const live = isObject(original) && Array.isArray(original[target]) ? original[target] : [];
    const key = keyOf(shapeOf(shape, target));
    agree(patch[target], order, key);
    merged.set(target, inOrder(list, order, live, key));
  }
  return Object.fromEntries(merged);
}

function mergedValue(original: unknown, patch: unknown, shape: Shape): unknown {
  if (isObject(patch)) return strategicPatch(isObject(original) ? original : {}, patch, shape);
  if (!Array.isArray(patch)) return patch;
  const live = Array.isArray(original) ? original : [];
  const key = keyOf(shape);
  if (key !== undefined) return mergedList(live, patch, key, shape);
  const isSet = typeof shape === 'object' && shape.is === 'list' && shape.set === true;
  if (!isSet) return structuredClone(patch);
  return inOrder([...new Set([...live, ...patch])], patch, live, undefined);
}

function keyOf(shape: Shape): string | undefined {
  return typeof shape === 'object' && shape.is === 'list' ? shape.key : undefined;
}

function mergedList(live: readonly unknown[], patch: readonly unknown[], key: string, shape: Shape): unknown[] {
  const elements = patch.map((one) => {
    if (!isObject(one)) throw new StrategicPatchError('a list of objects is patched with something else');
    return one;
  });
  const replaces = elements.some((one) => one['$patch'] === 'replace');
  const wanted = elements.filter((one) => one['$patch'] !== 'replace' && one['$patch'] !== 'delete');
  if (replaces) return structuredClone(wanted);
  const gone = elements.filter((one) => one['$patch'] === 'delete');
  for (const one of [...wanted, ...gone])
    if (one[key] === undefined)
      throw new StrategicPatchError(`map: ${goMap(one)} does not contain declared merge key: ${key}`);
  const merged = live.filter((one) => !gone.some((each) => each[key] === keyValue(one, key)));
  for (const one of wanted) {
    const index = merged.findIndex((each) => keyValue(each, key) === one[key]);
    // A new element is taken as it is: directives inside are not looked at, and later dropped as fields that do not exist.
    if (index === -1) merged.push(structuredClone(one));
    else merged[index] = strategicPatch(merged[index], one, shapeOf(shape, ''));
  }
  return inOrder(merged, wanted, live, key);
}

/**
 * The order of a merged list: what the patch names stands in the patch's order, the rest in that of the live list, and of the rest
 * each goes before the first named one that came after it in the live list.
 */
function inOrder(
  merged: readonly unknown[],
  named: readonly unknown[],
  live: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const identity = (one: unknown) => (key === undefined ? one : keyValue(one, key));
  const rank = (list: readonly unknown[], one: unknown) => list.findIndex((each) => identity(each) === identity(one));
  const byRank = (list: readonly unknown[]) => (one: unknown, two: unknown) => rank(list, one) - rank(list, two);
  const first = merged.filter((one) => rank(named, one) !== -1).sort(byRank(named));
  const rest = merged.filter((one) => rank(named, one) === -1).sort(byRank(live));
  const ordered: unknown[] = [];
  while (first.length > 0 && rest.length > 0) {
    const [here, there] = [rank(live, rest[0]), rank(live, first[0])];
    ordered.push(here !== -1 && there !== -1 && here < there ? rest.shift() : first.shift());
  }
  return [...ordered, ...first, ...rest];
}

/** What a patch names has to stand in the order that it gives. */
function agree(named: unknown, order: readonly unknown[], key: string | undefined): void {
  const identity = (one: unknown) => (key === undefined ? one : keyValue(one, key));
  const kept = (Array.isArray(named) ? named : []).filter((one) => !isObject(one) || one['$patch'] === undefined);
  const ranks = kept.map((one) => order.findIndex((each) => identity(each) === identity(one)));
  if (ranks.every((rank, index) => rank !== -1 && rank > (ranks[index - 1] ?? -1))) return;
  throw new StrategicPatchError(
    `The order in patch list:\n${goMap(named)}\n doesn't match $setElementOrder list:\n${goMap(order)}\n`,
  );
}

function keyValue(one: unknown, key: string): unknown {
  return isObject(one) ? one[key] : undefined;
}

function without(object: Json, key: string): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** A map as Go prints it. */
export function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => goMap(one)).join(' ')}]`;
  if (!isObject(value)) return typeof value === 'string' ? value : value === null ? '<nil>' : JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `map[${fields.map((name) => `${name}:${goMap(value[name])}`).join(' ')}]`;
}
