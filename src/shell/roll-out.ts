import type { Health, IncidentState, KubernetesPatch, PodFacts } from '../model/index.ts';
import { ClusterError } from '../port.ts';
import { regression } from './node-health.ts';
import { passing } from './passing.ts';
import type { Ports } from './ports.ts';

/** More nodes than these nobody watches one by one; their DaemonSet is set to OnDelete first. */
export const MOST_ROLLED = 30;
/** A controller goes on within seconds once a pod is Ready; when it has done nothing for so long, every pod left has that template already. */
const QUIET_MS = 20_000;
/** One node: its image is there, as for a restart. */
const PATIENCE_MS = 180_000;
const PAUSE_MS = 1_000;

type Told = { readonly outcome: 'done' | 'failed'; readonly detail: string };

/**
 * Watches a DaemonSet replace its pods by itself: each node has to get a Ready pod in time, and to be as well as before, else the
 * roll-out is over and the caller takes the patch back, which leaves the nodes alone that were not reached. Throws ClusterError.
 */
export async function watchRollOut(
  ports: Ports,
  state: IncidentState,
  { object }: KubernetesPatch,
  there: readonly string[],
  before: readonly Health[],
): Promise<Told> {
  const { clock } = ports;
  const name = `DaemonSet ${object.namespace ?? ''}/${object.name}`;
  const old = new Set(there);
  const well = new Set<string>();
  let moved = clock.now();
  for (;;) {
    const pods = await podsOf(ports, object);
    const left = pods.filter(({ uid }) => old.has(uid));
    const next = pods.find(({ uid, node }) => !old.has(uid) && node !== null && !well.has(node));
    if (await stoppedMeanwhile(ports, state))
      return { outcome: 'failed', detail: `The roll-out of ${name} was stopped.` };
    if (next?.node !== undefined && next.node !== null && next.ready) {
      const known = before.find(({ node }) => node === next.node);
      const worse = known === undefined ? null : await regression(ports, state, known);
      if (worse !== null) return failed(name, well, worse);
      well.add(next.node);
      moved = clock.now();
      continue;
    }
    const rolling = next !== undefined || pods.length < there.length;
    if (left.length === 0 && !rolling)
      return { outcome: 'done', detail: `${name} has rolled over ${nodes(well)}, each as well as before.` };
    const waited = clock.now() - moved;
    if (!rolling && waited >= QUIET_MS) {
      const kept = `${left.length} ${left.length === 1 ? 'pod has' : 'pods have'} that template already`;
      const moved =
        well.size === 0 ? `${name} had no pod to replace` : `${name} has rolled over ${nodes(well)}, as well as before`;
      return { outcome: 'done', detail: `${moved}: ${kept}.` };
    }
    if (rolling && waited >= PATIENCE_MS)
      return failed(name, well, `${next?.node ?? 'a node'} had no Ready pod within 3 minutes`);
    await clock.sleep(PAUSE_MS);
  }
}

function failed(name: string, well: ReadonlySet<string>, worse: string): Told {
  return { outcome: 'failed', detail: `The roll-out of ${name} is stopped after ${nodes(well)}: ${worse}.` };
}

function nodes({ size }: ReadonlySet<string>): string {
  return size === 1 ? 'one node' : `${size} nodes`;
}

async function podsOf(
  { cluster, clock }: Ports,
  { namespace, name }: KubernetesPatch['object'],
): Promise<readonly PodFacts[]> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await cluster.podsOf(namespace ?? '', `DaemonSet/${name}`);
    } catch (error) {
      if (!(error instanceof ClusterError) || !passing(error) || clock.now() >= until) throw error;
      await clock.sleep(PAUSE_MS);
    }
  }
}

async function stoppedMeanwhile({ journal }: Ports, { id }: IncidentState): Promise<boolean> {
  return (await journal.load(id))?.state.change?.stopped !== undefined;
}
