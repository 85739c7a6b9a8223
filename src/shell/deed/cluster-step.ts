import type { Digest, Effect, Happening, IncidentState, Stepped } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { notApproved } from '../not-approved.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';
import { otherThan } from '../same-node.ts';
import { within } from '../within.ts';
import { replacePod } from '../replace-pod.ts';

type ClusterStep = Extract<Effect, { do: 'cluster-step' }>;
type Told = Pick<Stepped, 'outcome' | 'detail'>;

/**
 * Does one Kubernetes step of an approved plan. Doing it again after a crash is harmless: a patched object bears the fix id, and a
 * deleted pod's uid does not come back.
 */
export async function clusterStep(ports: Ports, state: IncidentState, deed: ClusterStep): Promise<Happening> {
  const { plan, list, at, approval } = deed;
  const base = { is: 'stepped', plan: plan.id, list, at } as const;
  const first = list === 'apply' && at === 0;
  const against = notApproved(plan, approval, first ? ports.clock.now() : 0);
  if (against !== null) return { ...base, outcome: 'refused', detail: against };
  const before = first ? await nodeState(ports, state, deed) : null;
  if (typeof before === 'string') return { ...base, outcome: 'refused', detail: before };
  const told = await carryOut(ports, deed);
  if (first && plan.steps.length > 1) return { ...base, ...told, nodeState: await kept(ports, before) };
  if (list === 'undo' || at + 1 < plan.steps.length || told.outcome !== 'done') return { ...base, ...told };
  const saved = before ?? (await loaded(ports, deed.before));
  const after = await nodeState(ports, state, deed);
  const difference = saved === null || typeof after === 'string' || after === null ? [] : differing(saved, after);
  return { ...base, ...told, ...(first ? { nodeState: await kept(ports, before) } : {}), difference };
}

async function carryOut({ cluster, clock }: Ports, { plan, list, at }: ClusterStep): Promise<Told> {
  const step = (list === 'apply' ? plan.steps : plan.undo)[at];
  if (step === undefined || step.kind === 'node-command')
    return { outcome: 'refused', detail: 'This step is not one that the API server carries out.' };
  try {
    if (step.kind === 'pod-delete') return await replacePod(cluster, clock, step);
    const granted = await cluster.patch(step, plan.id, list === 'apply' ? 'effect' : 'back');
    return { outcome: granted.is, detail: granted.detail };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { outcome: 'failed', detail: error.message };
  }
}

/** The subject's node state; `null` where it cannot be read, a sentence where another machine answers. */
async function nodeState(
  ports: Ports,
  state: IncidentState,
  { plan, list, at }: ClusterStep,
): Promise<readonly string[] | string | null> {
  const target = targetOf(ports, state, 'subject');
  const reached = target === null ? null : await ports.nodes.open(target);
  if (reached === null || !reached.reached) return null;
  const { session } = reached;
  return within(session, async () => {
    const other = list === 'apply' && at === 0 ? otherThan(plan.node, session.identity) : null;
    if (other !== null) return other;
    const reading = await session.state();
    return reading.known ? reading.value : null;
  });
}

async function kept({ journal }: Ports, lines: readonly string[] | null): Promise<Digest | null> {
  return lines === null ? null : journal.keep('output', Buffer.from(`${lines.join('\n')}\n`));
}

async function loaded({ journal }: Ports, digest: Digest | null): Promise<readonly string[] | null> {
  const bytes = digest === null ? null : await journal.bytes(digest);
  return bytes === null ? null : Buffer.from(bytes).toString('utf8').replace(/\n$/, '').split('\n');
}

/** More lines than these nobody reads. */
const MOST = 100;

/** `-old` and `+new` lines, in their own order, each as often as it is missing on the other side. */
function differing(before: readonly string[], after: readonly string[]): string[] {
  const lacking = (these: readonly string[], those: readonly string[]): string[] => {
    const left = new Map<string, number>();
    for (const line of those) left.set(line, (left.get(line) ?? 0) + 1);
    return these.filter((line) => {
      const count = left.get(line) ?? 0;
      if (count > 0) left.set(line, count - 1);
      return count === 0;
    });
  };
  const gone = lacking(before, after).map((line) => `-${line}`);
  const come = lacking(after, before).map((line) => `+${line}`);
  return [...gone, ...come].slice(0, MOST);
}
