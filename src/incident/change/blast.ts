import type { IncidentState, NodeFacts, Plan } from '../../model/index.ts';
import { clockTime } from './clock-time.ts';
import type { Stopped } from './stop-switch.ts';

/** Repairs that may begin in one cluster within the window: enough for a person to see what each did before the next. */
export const MOST_REPAIRS = 3;
export const WINDOW_MS = 10 * 60_000;
/** Of a hundred nodes so many have to be Ready; a cluster that has lost the half is in an outage that no fix of one node explains. */
export const LEAST_READY = 51;

/** What the rule looks at, all of it read at the moment of asking. */
export interface Surroundings {
  readonly now: number;
  /** Who has stopped all changes; `null` where nobody has. */
  readonly stopped: Stopped | null;
  /** Every node of the plan's cluster. */
  readonly nodes: readonly NodeFacts[];
  /** Incidents besides the plan's own, of all clusters. */
  readonly others: readonly IncidentState[];
}

/**
 * Why this plan must not begin now, however good it is and whoever approved it: one sentence; `null` where nothing is against it. One
 * change at a time on a node and in a failure domain, few in ten minutes, none in a cluster that is half gone, and never the last
 * control-plane node. The approved steps of one incident are one repair.
 */
export function blastObjection(plan: Plan, { now, stopped, nodes, others }: Surroundings): string | null {
  if (stopped !== null) return stoppedSentence(stopped);
  const { name } = plan.node;
  const subject = nodes.find((node) => node.name === name);
  if (subject === undefined) return `Cluster ${plan.cluster} has no node ${name} any more.`;
  const same = others.filter(({ cluster }) => cluster === plan.cluster);
  return (
    beside(subject, same.filter(underWay), nodes) ??
    tooMany(plan.cluster, same, now) ??
    tooFewReady(plan.cluster, subject, nodes) ??
    lastControlPlane(subject, nodes)
  );
}

/** Said wherever a change is held or refused because of the switch. */
export function stoppedSentence({ by, at, reason }: Stopped): string {
  const why = reason === '' ? '' : ` (${reason})`;
  return `${by.name} stopped all changes at ${clockTime(at)}${why}. They begin again after /netdiag allow-changes by somebody who may approve.`;
}

/** An approved plan is being carried out, looked at or taken back. */
export function underWay({ change, life }: Pick<IncidentState, 'change' | 'life'>): boolean {
  return change !== null && life !== 'closed';
}

/** What fails together: a zone, where the cluster names none a pool, and where it names neither all those nodes. */
export function failureDomain({ zone, pool }: Pick<NodeFacts, 'zone' | 'pool'>): string {
  if (zone !== undefined) return `zone ${zone}`;
  return pool === null ? 'the nodes without a zone or a pool' : `pool ${pool}`;
}

/** Another change on this node, or in its failure domain. */
function beside(subject: NodeFacts, running: readonly IncidentState[], nodes: readonly NodeFacts[]): string | null {
  const again = 'Approve this one when that is over.';
  const own = running.find(({ node }) => node === subject.name);
  if (own !== undefined) return `Another change is under way on ${subject.name}, asked for by ${own.by.name}. ${again}`;
  const domain = failureDomain(subject);
  const near = running.find(({ node, bound }) => {
    const facts = nodes.find(({ name }) => name === node) ?? bound?.subject.facts;
    return facts === undefined || failureDomain(facts) === domain;
  });
  if (near === undefined) return null;
  return `${near.node} is being changed now, and of ${domain}, which would fail together, one node is changed at a time. ${again}`;
}

/** Whether this would be one repair more than people can follow. */
function tooMany(cluster: string, others: readonly IncidentState[], now: number): string | null {
  const begun = others.flatMap(({ node, offers }) => {
    const times = offers.flatMap(({ state, decidedAt }) =>
      state === 'approved' && decidedAt !== null && decidedAt > now - WINDOW_MS ? [decidedAt] : [],
    );
    return times.length === 0 ? [] : [{ node, at: Math.max(...times) }];
  });
  if (begun.length < MOST_REPAIRS) return null;
  const free = begun.map(({ at }) => at).toSorted((a, b) => a - b)[begun.length - MOST_REPAIRS] ?? now;
  const names = begun.map(({ node }) => node).join(', ');
  return `${begun.length} repairs were begun in cluster ${cluster} within ten minutes (${names}), and more than ${MOST_REPAIRS} nobody can follow: approve this one at ${clockTime(free + WINDOW_MS)} or later.`;
}

function tooFewReady(cluster: string, subject: NodeFacts, nodes: readonly NodeFacts[]): string | null {
  const ready = nodes.filter(({ name, ready }) => ready === 'True' && name !== subject.name).length;
  if (ready * 100 >= LEAST_READY * nodes.length) return null;
  const never =
    (nodes.length - 1) * 100 < LEAST_READY * nodes.length
      ? ' In a cluster this small that is never otherwise: do it by hand.'
      : ' Find out first what the others have in common.';
  return `Besides ${subject.name}, ${ready} of the ${nodes.length} nodes of cluster ${cluster} are Ready, and below ${LEAST_READY} % nothing is changed.${never}`;
}

function lastControlPlane(subject: NodeFacts, nodes: readonly NodeFacts[]): string | null {
  if (!subject.controlPlane) return null;
  const another = nodes.some(
    ({ name, controlPlane, ready }) => controlPlane && ready === 'True' && name !== subject.name,
  );
  return another
    ? null
    : `No control-plane node besides ${subject.name} is Ready, and the last one is not changed: if it were lost, nobody could reach the cluster. Do it by hand.`;
}
