// Deleting the one entry of table local makes the next lookup fall through to table main, where flannel's route by the tunnel is;
// nothing else uses that entry, because no device of the node holds the address.
// https://man7.org/linux/man-pages/man8/ip-route.8.html, seen on 6.18.
import { ipRouteAll, ipRouteGet } from '../probe/index.ts';
import type { Route } from '../probe/text/route.ts';
import { wordsOf } from '../probe/text/lines.ts';
import { plainWord } from './plain.ts';
import { facts, onNode, ROLLBACK_SECONDS, sameDoors, unchanged } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';
import { UNMANAGED } from './unmanaged.ts';

export const releaseRemoteVtep: Remediation = {
  id: 'release-remote-vtep',
  fixes: ['remote-vtep-is-local'],
  risk: 1,
  draft(finding, scene): Drafted {
    const { readings } = scene;
    const routes = readings.of('subject', ipRouteAll, {});
    if (routes?.known !== true) return { unfit: 'the routes of table local could not be read' };
    const addresses = facts(finding, 'addresses');
    const entries = addresses.map((address) => routes.value.routes.filter((route) => holds(route, address)));
    const lines = entries.flatMap((found) => (found.length === 1 ? found : []));
    if (lines.length !== addresses.length || lines.length === 0)
      return { unfit: 'table local does not hold exactly one entry for each of the addresses' };
    if (lines.some(({ flags }) => flags.length > 0))
      return { unfit: 'an entry carries flags that cannot be restored exactly' };
    const words = lines.map(({ line }) => wordsOf(line));
    if (!words.flat().every(plainWord)) return { unfit: 'an entry cannot be written into a command exactly' };
    const preconditions = addresses.map((to) =>
      unchanged(readings.answer('subject', ipRouteGet, { to }), ipRouteGet.argv({ to })),
    );
    if (preconditions.includes(null)) return { unfit: 'the text of its preconditions was not kept' };
    return {
      title: `give ${addresses.join(', ')} back to the tunnel`,
      safety:
        'Only entries of table local go, for addresses that no device of this node holds; the routes by the tunnel are there already.',
      steps: words.map((entry) => onNode(scene, ['ip', '-4', 'route', 'del', ...entry])),
      undo: words.toReversed().map((entry) => onNode(scene, ['ip', '-4', 'route', 'add', ...entry])),
      preconditions: preconditions.filter((precondition) => precondition !== null),
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['remote-vtep-local'],
      durable: [
        'Find who wrote the entry: a network manager that takes over the devices of the CNI adds such ones.',
        UNMANAGED,
      ],
    };
  },
};

function holds({ type, table, destination }: Route, address: string): boolean {
  return type === 'local' && table === 'local' && destination === address;
}
