// The kernel picks the first of two equal connected routes; deleting it makes the other one win at once, and
// `ip route prepend` puts the very same line back in front ("add" says it exists, "append" puts it last).
// https://man7.org/linux/man-pages/man8/ip-route.8.html, seen on 6.18.
import { contains } from '../check/subnet.ts';
import type { Finding } from '../model/index.ts';
import { interfaceConfig, ipAddr, ipRouteGet, ipRoutePrefix } from '../probe/index.ts';
import { configuresDevice } from '../probe/text/configured.ts';
import { wordsOf } from '../probe/text/lines.ts';
import { NOT_PLAIN, plainDevice, plainWord } from './plain.ts';
import { fact, onNode, ROLLBACK_SECONDS, unchanged } from './remediation.ts';
import type { Draft, Drafted, Remediation, Scene } from './remediation.ts';

export const deleteConnectedRoute: Remediation = {
  id: 'delete-connected-route',
  fixes: ['reply-leaves-other-interface', 'request-dropped-by-strict-rpf'],
  risk: 1,
  draft(finding, scene): Drafted {
    const { bound, readings } = scene;
    const device = fact(finding, 'device');
    const uplink = fact(finding, 'uplink');
    const prefix = fact(finding, 'prefix');
    if (!plainDevice(device) || !plainDevice(uplink)) return { unfit: NOT_PLAIN };
    const to = fact(finding, 'to');
    if (!contains(prefix, to)) return { unfit: `${to} is not in ${prefix}, so another route decides about it` };
    const routes = readings.of('subject', ipRoutePrefix, { prefix });
    if (routes === null || !routes.known) return { unfit: `the routes to ${prefix} could not be read` };
    const [first, ...others] = routes.value.routes;
    if (first === undefined || first.device !== device)
      return { unfit: `the first route to ${prefix} is not ${device}'s` };
    if (!others.some((route) => route.device === uplink))
      return { unfit: `${uplink} has no route to ${prefix} that could take over` };
    if (first.flags.length > 0)
      return { unfit: `the route carries flags (${first.flags.join(', ')}) that cannot be restored exactly` };
    const way = { to, from: bound.subject.address };
    const preconditions = [
      unchanged(readings.answer('subject', ipRoutePrefix, { prefix }), ipRoutePrefix.argv({ prefix })),
      unchanged(readings.answer('subject', ipRouteGet, way), ipRouteGet.argv(way)),
    ];
    if (preconditions.includes(null)) return { unfit: 'the text of its preconditions was not kept' };
    const words = wordsOf(first.line);
    if (!words.every(plainWord)) return { unfit: `the route to ${prefix} cannot be written into a command exactly` };
    return {
      title: `remove ${device}'s route to ${prefix}`,
      safety: `Only one line of table main goes; ${uplink}'s own route to ${prefix} is there already and takes over in the same moment.`,
      steps: [onNode(scene, ['ip', '-4', 'route', 'del', ...words])],
      undo: [onNode(scene, ['ip', '-4', 'route', 'prepend', ...words])],
      preconditions: preconditions.filter((precondition) => precondition !== null),
      doors: doors(scene, device),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['return-path'],
      durable: durable(finding, scene),
    };
  },
};

/** Addresses on the other device stop answering, the primary address starts to. */
function doors(scene: Scene, device: string): Draft['doors'] {
  const { bound, readings, door } = scene;
  const held = readings.of('subject', ipAddr, {});
  const closes =
    held?.known === true
      ? held.value.addresses.filter((a) => a.device === device && a.family === 4).map((a) => a.address)
      : [];
  const opens = [bound.subject.address];
  const stays = door !== null && !closes.includes(door.address) ? [door.address] : [];
  return { closes, opens, confirmThrough: [...new Set([...stays, ...(stays.length > 0 ? [] : opens)])] };
}

/**
 * For people alone: the file belongs to a network manager that reads it at the next boot or lease, when no rollback is armed and nobody
 * looks, and a mistake in it leaves the node without network; what netdiag writes by itself is only what it saw working.
 */
function durable(finding: Finding, scene: Scene): string[] {
  const device = fact(finding, 'device');
  const entries = scene.readings.of('subject', interfaceConfig, {});
  const written = entries?.known === true ? configuresDevice(entries.value.entries, device) : null;
  const own = written === null ? undefined : TABLE_OF_ITS_OWN.find(([place]) => written.file.includes(place))?.[1];
  return [
    written === null
      ? `No file on the node was found that configures ${device}: look for what adds its address (DHCP, cloud-init, the CNI).`
      : `It will come back: ${written.file}:${written.line} configures ${device} (${written.text.trim()}).`,
    `Keep ${device} out of table main: give its address a table of its own with a rule "from ${device}'s address"${own === undefined ? '' : ` (${own})`}, or leave ${device} to the CNI.`,
  ];
}

/** How a network manager is told to put the connected route into another table, by where its files are. */
const TABLE_OF_ITS_OWN: readonly (readonly [string, string])[] = [
  ['/NetworkManager/', 'ipv4.route-table and ipv4.routing-rules of its profile'],
  ['/systemd/network/', '[Address] AddPrefixRoute=no or [DHCPv4] RouteTable=, and a [RoutingPolicyRule]'],
];
