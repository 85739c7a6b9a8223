// A policy rule "from ADDRESS" is consulted before table main, so replies that carry the node's primary address leave by its
// own interface whatever main says, to neighbours and beyond the gateway alike; strict RPF looks the same way back.
// https://man7.org/linux/man-pages/man8/ip-rule.8.html, seen on 6.18.
import { contains } from '../check/subnet.ts';
import { ipRoute, ipRouteGet, ipRule } from '../probe/index.ts';
import { fact, ROLLBACK_SECONDS, unchanged } from './remediation.ts';
import type { Draft, Remediation } from './remediation.ts';

/** Tables tried in order; above what CNIs and cloud agents number for themselves, below the kernel's 253 to 255. */
const TABLES = [207, 208, 209, 210];
/** Before main (32766) and after local (0) and what CNIs use below it. */
const PRIORITY = '30207';

export const routeBySourceAddress: Remediation = {
  id: 'route-by-source-address',
  fixes: ['reply-leaves-other-interface', 'request-dropped-by-strict-rpf', 'outside-reply-leaves-other-interface'],
  risk: 1,
  draft(finding, { bound, readings, door }): Draft | { unfit: string } {
    const uplink = fact(finding, 'uplink');
    const address = bound.subject.address;
    const routes = readings.of('subject', ipRoute, {});
    const rules = readings.of('subject', ipRule, {});
    if (routes === null || !routes.known || rules === null || !rules.known)
      return { unfit: 'routes and rules could not be read' };
    const connected = routes.value.routes.find(
      (route) => route.device === uplink && route.via === null && contains(route.destination, address),
    );
    const gateway = routes.value.routes.find((route) => route.destination === '0.0.0.0/0')?.via ?? null;
    if (connected === undefined) return { unfit: `${uplink} has no connected route` };
    if (gateway === null || !contains(connected.destination, gateway))
      return { unfit: `no gateway in ${connected.destination} is known` };
    if (rules.value.rules.some((rule) => rule.priority === Number(PRIORITY)))
      return { unfit: `rule ${PRIORITY} is taken` };
    const taken = new Set(rules.value.rules.map((rule) => rule.table));
    const table = TABLES.find((number) => !taken.has(String(number)));
    if (table === undefined) return { unfit: 'no routing table is free' };
    const before = unchanged(readings.answer('subject', ipRule, {}), ipRule.argv({}));
    const way = { to: fact(finding, 'to'), from: address };
    const back = unchanged(readings.answer('subject', ipRouteGet, way), ipRouteGet.argv(way));
    if (before === null || back === null) return { unfit: 'the text of its preconditions was not kept' };
    const inTable = ['table', String(table)];
    const near = ['ip', '-4', 'route'];
    const rule = ['from', address, 'lookup', String(table), 'priority', PRIORITY];
    return {
      title: `answer from ${address} through ${uplink}, for neighbours and beyond the gateway`,
      safety: `Adds one rule and a table of its own for packets that carry ${address}; everything else is routed as before, so pods that answer with other addresses of ${uplink} are helped only by removing the other route.`,
      steps: [
        [...near, 'add', connected.destination, 'dev', uplink, 'scope', 'link', 'src', address, ...inTable],
        [...near, 'add', 'default', 'via', gateway, 'dev', uplink, ...inTable],
        ['ip', '-4', 'rule', 'add', ...rule],
      ],
      undo: [
        ['ip', '-4', 'rule', 'del', ...rule],
        [...near, 'del', 'default', 'via', gateway, 'dev', uplink, ...inTable],
        [...near, 'del', connected.destination, 'dev', uplink, 'scope', 'link', 'src', address, ...inTable],
      ],
      preconditions: [before, back],
      doors: { closes: [], opens: [address], confirmThrough: [door?.address ?? address] },
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['return-path', 'outside-return-path'],
      durable: [
        `Write the rule "from ${address} lookup ${table}" and the two routes of table ${table} into the configuration of ${uplink} (netplan routing-policy, NetworkManager routing-rule1, networkd [RoutingPolicyRule]).`,
      ],
    };
  },
};
