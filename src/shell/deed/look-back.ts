import { leftBehind } from '../../incident/index.ts';
import { changesCluster } from '../../model/index.ts';
import type { Effect, Happening, IncidentState, KubernetesPatch, LookedBack, Output, Plan } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import type { NodeTarget, Reached } from '../../port.ts';
import { cleanText } from '../../probe/probe.ts';
import { passing } from '../passing.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';
import { withoutSecrets } from '../without-secrets.ts';
import { within } from '../within.ts';

type LookBack = Extract<Effect, { do: 'look-back' }>;

/** Longer texts are no precondition that anybody could read. */
const MOST = 65_536;
const TRIES = 4;
const PAUSE_MS = 1_500;

/**
 * Reads what a fix has left: its own lookups on the node, and what the API server says that its patches would change now. Changes
 * nothing. Throws ClusterError where the API server may answer a moment later.
 */
export async function lookBack(ports: Ports, state: IncidentState, deed: LookBack): Promise<Happening> {
  const { plan, undo, applied } = deed;
  const base = { is: 'looked-back', plan: plan.id, undo, applied, ...NOTHING } as const;
  try {
    const node = await onNode(ports, state, deed);
    const failed = 'failure' in node && !(changesCluster(plan) && applied);
    if (failed || !changesCluster(plan)) return { ...base, ...node };
    return { ...base, identity: 'identity' in node ? node.identity : null, ...(await onObjects(ports, plan)) };
  } catch (error) {
    if (!(error instanceof ClusterError) || passing(error)) throw error;
    return { ...base, failure: error.message };
  }
}

const NOTHING = { door: null, identity: null, said: [], generations: {}, rehearsal: [] } as const;

type OnNode = Pick<LookedBack, 'door' | 'identity' | 'said'> | Pick<LookedBack, 'failure'>;

async function onNode(ports: Ports, state: IncidentState, { plan, undo, applied, through }: LookBack): Promise<OnNode> {
  const target = targetOf(ports, state, 'subject', through ?? undefined);
  if (target === null) return { failure: `Nobody knows where ${plan.node.name} is any more.` };
  const reached = await opened(ports, target);
  if (!reached.reached) return { failure: reached.sentence };
  const { session } = reached;
  return within(session, async () => {
    const { door, identity } = session;
    if (changesCluster(plan)) return { door, identity, said: [] };
    const entry = applied ? await session.ledger(undo, 'status') : null;
    if (entry?.state === 'rolled-back')
      return { failure: `When a new connection opened, it was too late. ${entry.detail}` };
    const asked = applied ? plan.preconditions : [...plan.preconditions, ...leftBehind(plan)];
    const outputs = await session.run(
      asked.map(({ argv: [first = '', ...rest] }) => ({ argv: [first, ...rest] as const })),
    );
    return { door, identity, said: withoutSecrets(outputs).map(textOf) };
  });
}

async function opened({ nodes, clock }: Ports, target: NodeTarget): Promise<Reached> {
  let reached = await nodes.open(target);
  for (let tries = 1; tries < TRIES && !reached.reached; tries += 1) {
    await clock.sleep(PAUSE_MS);
    reached = await nodes.open(target);
  }
  return reached;
}

function textOf({ gap, timedOut, truncated, stdout }: Output): string | null {
  return gap !== undefined || timedOut || truncated || stdout.length > MOST ? null : cleanText(stdout);
}

/** The objects as they are now, and what the fix would change on them: nothing while it is in place, the same as then once it is undone. */
async function onObjects(
  { cluster }: Ports,
  plan: Plan,
): Promise<Pick<LookedBack, 'generations' | 'rehearsal' | 'failure'>> {
  const patches = plan.steps.filter((step): step is KubernetesPatch => step.kind === 'kubernetes-patch');
  const generations: Record<string, number | null> = {};
  const rehearsal: string[] = [];
  const { daemonSet, workload } = patches.some(({ object }) => object.kind === 'DaemonSet')
    ? await cluster.cni()
    : { daemonSet: null, workload: undefined };
  for (const { object, ...step } of patches) {
    const { kind, namespace, name } = object;
    const known = kind === 'DaemonSet' && daemonSet === `${namespace ?? ''}/${name}` ? workload : undefined;
    const generation = kind === 'Node' ? null : (known?.generation ?? object.generation);
    generations[name] = generation;
    const answer = await cluster.rehearse({ ...step, object: { ...object, generation } });
    if (answer.is === 'refused') return { generations, rehearsal: [], failure: answer.detail };
    rehearsal.push(`${kind} ${namespace ?? ''}${namespace === null ? '' : '/'}${name}`, ...answer.difference);
  }
  return { generations, rehearsal };
}
