import type { Route } from '../probe/ip-route.ts';
import type { Rule } from '../probe/ip-rule.ts';

/** A pod whose own policy rules name a table. */
export interface RuledPod {
  readonly address: string;
  readonly rules: readonly Rule[];
  /** Its host-side veth in table main; `null` where main has no route to it. */
  readonly veth: string | null;
}

/** Pods whose packets leave by the same table. */
export interface PodWay {
  readonly table: string;
  /** Of the table's default route; `null` where the table has none, so that the lookup falls through to the next rule. */
  readonly device: string | null;
  /** In the order of the rules. */
  readonly pods: readonly RuledPod[];
}

/**
 * Groups pods by the table that a rule "from POD lookup TABLE" names. A pod without such a rule is in none: it leaves by table
 * main. `routes` is every table; IPv4, host addresses only.
 */
export function podWays(rules: readonly Rule[], routes: readonly Route[]): PodWay[] {
  const own = rules.filter(
    ({ action, from, table, not }) =>
      action === 'lookup' && !not && from !== null && hostAddress(from) !== null && isOther(table),
  );
  const byTable = Map.groupBy(own, ({ table }) => table ?? '');
  return [...byTable].map(([table, named]) => ({
    table,
    device:
      routes.find((route) => route.table === table && route.destination === '0.0.0.0/0' && route.type === 'unicast')
        ?.device ?? null,
    pods: [...Map.groupBy(named, ({ from }) => hostAddress(from ?? '') ?? '')]
      .map(([address, rules]) => ({ address, rules, veth: vethOf(address, routes) }))
      .filter(({ veth }) => veth !== null),
  }));
}

/** The device of table main's host route to this address; `null` when there is none. */
export function vethOf(address: string, routes: readonly Route[]): string | null {
  const route = routes.find(
    ({ destination, via, table, type }) =>
      hostAddress(destination) === address &&
      via === null &&
      type === 'unicast' &&
      (table === null || table === 'main'),
  );
  return route?.device ?? null;
}

function hostAddress(prefix: string): string | null {
  if (!prefix.includes('/')) return prefix;
  return prefix.endsWith('/32') ? prefix.slice(0, -'/32'.length) : null;
}

function isOther(table: string | null): boolean {
  return table !== null && !['main', 'local', 'default'].includes(table);
}
