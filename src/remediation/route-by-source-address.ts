// Policy rules "from ADDRESS" are consulted before table main, so replies that carry the node's primary address leave by its
// own interface, to neighbours and beyond the gateway alike; strict RPF looks the same way back. `suppress_prefixlength N` makes
// a lookup pass over routes of N bits or fewer, so that routes to pods in main still count (Linux 3.12).
// https://man7.org/linux/man-pages/man8/ip-rule.8.html, seen on 6.18.
import { contains } from '../check/subnet.ts';
import type { NodeCommand } from '../model/index.ts';
import { ipRoute, ipRouteAll, ipRouteGet, ipRule } from '../probe/index.ts';
import type { Route } from '../probe/ip-route.ts';
import { NOT_PLAIN, plainDevice } from './plain.ts';
import { fact, onNode, ROLLBACK_SECONDS, unchanged } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';

/** Tables tried in order; above what CNIs and cloud agents number for themselves, below the kernel's 253 to 255. */
const TABLES = [207, 208, 209, 210];
/** Before main (32766) and after local (0) and what CNIs use below it. */
const FIRST_PRIORITY = 30_207;

export const routeBySourceAddress: Remediation = {
  id: 'route-by-source-address',
  fixes: ['reply-leaves-other-interface', 'request-dropped-by-strict-rpf', 'outside-reply-leaves-other-interface'],
  risk: 1,
  draft(finding, scene): Drafted {
    const { bound, readings, door } = scene;
    const uplink = fact(finding, 'uplink');
    if (!plainDevice(uplink)) return { unfit: NOT_PLAIN };
    const address = bound.subject.address;
    const routes = readings.of('subject', ipRoute, {});
    const everywhere = readings.of('subject', ipRouteAll, {});
    const rules = readings.of('subject', ipRule, {});
    if (!(routes?.known === true && everywhere?.known === true && rules?.known === true))
      return { unfit: 'routes and rules could not be read' };
    const connected = routes.value.routes.find(
      (route) => route.device === uplink && route.via === null && contains(route.destination, address),
    );
    if (connected === undefined) return { unfit: `${uplink} has no connected route` };
    const gateway = gatewayIn(connected.destination, uplink, routes.value.routes);
    if (gateway === null) return { unfit: `no gateway in ${connected.destination} is known` };
    const table = freeTable(rules.value.rules, everywhere.value.routes);
    if (table === null) return { unfit: 'no routing table is free' };
    const added = rulesFor(address, connected.destination, table);
    if (rules.value.rules.some(({ priority }) => added.some(([at]) => at === priority)))
      return { unfit: `a policy rule has a priority from ${FIRST_PRIORITY} on already` };
    const before = unchanged(readings.answer('subject', ipRule, {}), ipRule.argv({}));
    const way = { to: fact(finding, 'to'), from: address };
    const back = unchanged(readings.answer('subject', ipRouteGet, way), ipRouteGet.argv(way));
    if (before === null || back === null) return { unfit: 'the text of its preconditions was not kept' };
    const ip = ['ip', '-4'];
    const each = (verb: 'add' | 'del'): NodeCommand[] =>
      [
        [...ip, 'route', verb, connected.destination, 'dev', uplink, 'scope', 'link', 'src', address, 'table', table],
        [...ip, 'route', verb, 'default', 'via', gateway, 'dev', uplink, 'table', table],
        ...added.map(([priority, words]) => [...ip, 'rule', verb, ...words, 'priority', String(priority)]),
      ].map((argv) => onNode(scene, argv));
    return {
      title: `answer from ${address} through ${uplink}, for neighbours and beyond the gateway`,
      safety: `Adds rules and a table of its own for packets that carry ${address}; routes to pods and to other networks count as before, and so does everything for other addresses, so pods that answer with other addresses of ${uplink} are helped only by removing the other route.`,
      steps: each('add'),
      undo: each('del').toReversed(),
      preconditions: [before, back, { argv: [...ip, 'route', 'show', 'table', table], stdout: '' }],
      doors: { closes: [], opens: [address], confirmThrough: [door?.address ?? address] },
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['return-path', 'outside-return-path'],
      durable: [
        `Write these rules and the two routes of table ${table} into the configuration of ${uplink} (netplan routing-policy, NetworkManager routing-rule1, networkd [RoutingPolicyRule]).`,
      ],
    };
  },
};

/**
 * Rules by priority. Main first for whatever is more specific than the subnet (routes to pods); then the subnet itself by our
 * table; then main again for every other network; at last our table's default route in place of main's.
 */
function rulesFor(address: string, subnet: string, table: string): [number, string[]][] {
  const bits = subnet.split('/')[1] ?? '32';
  return [
    ['from', address, 'lookup', 'main', 'suppress_prefixlength', bits],
    ['from', address, 'to', subnet, 'lookup', table],
    ['from', address, 'lookup', 'main', 'suppress_prefixlength', '0'],
    ['from', address, 'lookup', table],
  ].map((words, index) => [FIRST_PRIORITY + index, words]);
}

/** The gateway of a default route that lies in the subnet; one that is reached through the uplink is preferred. */
function gatewayIn(subnet: string, uplink: string, routes: readonly Route[]): string | null {
  const gateways = routes.filter(
    ({ destination, via }) => destination === '0.0.0.0/0' && via !== null && contains(subnet, via),
  );
  return (gateways.find(({ device }) => device === uplink) ?? gateways[0])?.via ?? null;
}

/** A table that no rule names and that holds no route. */
function freeTable(
  rules: readonly { readonly table: string | null }[],
  routes: readonly { readonly table: string | null }[],
): string | null {
  const taken = new Set([...rules, ...routes].map(({ table }) => table));
  return TABLES.map(String).find((table) => !taken.has(table)) ?? null;
}
