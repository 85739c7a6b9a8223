import type { Effect, Happening, IncidentState } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { ask } from '../ask.ts';
import type { Ports } from '../ports.ts';
import { otherThan } from '../same-node.ts';
import { targetOf } from '../target.ts';
import { WatchFailed, watching } from '../watching.ts';

type Verify = Extract<Effect, { do: 'verify' }>;

/** A new connection may need a moment: neighbours forget a moved address, and the first SYN may meet the old route. */
const TRIES = 4;
const PAUSE_MS = 1_500;

/** Looks again through a connection that is new and comes in by a door that must work now, and provokes the symptom once more. */
export async function verify(ports: Ports, state: IncidentState, effect: Verify): Promise<Happening> {
  const { plan } = effect;
  const base = { is: 'verified', plan: plan.id, answers: [], watched: null, apiServer: null } as const;
  const target = targetOf(ports, state, 'subject', plan.doors.confirmThrough);
  if (target === null) return { ...base, door: null, failure: `Nobody knows where ${plan.node.name} is any more.` };
  let reached = await ports.nodes.open(target);
  for (let attempt = 1; attempt < TRIES && !reached.reached; attempt += 1) {
    await ports.clock.sleep(PAUSE_MS);
    reached = await ports.nodes.open(target);
  }
  if (!reached.reached)
    return {
      ...base,
      door: null,
      failure: `After the change no new connection opened through ${plan.doors.confirmThrough.join(' or ')}: ${reached.sentence}`,
    };
  const { session } = reached;
  try {
    const other = otherThan(plan.node, session.identity);
    if (other !== null) return { ...base, door: session.door, failure: `After the change: ${other}` };
    const entry = await session.ledger(plan.id, 'status');
    if (entry?.state === 'rolled-back')
      return { ...base, door: session.door, failure: `When a new connection opened, it was too late. ${entry.detail}` };
    const answers = await ask(ports, session, plan.node.name, effect.questions);
    const { stimulus, watch, rounds } = effect;
    const watched =
      stimulus === null || watch === null
        ? null
        : await watching(ports, state, session, { stimulus, watch }, 'verify', rounds);
    const apiServer = effect.askApiServer ? await kubelet(ports, plan.node.name) : null;
    return { ...base, door: session.door, answers, watched, apiServer };
  } catch (error) {
    if (!(error instanceof WatchFailed)) throw error;
    return { ...base, door: session.door, failure: error.message };
  } finally {
    await session.close();
  }
}

/** The API server's own word on the kubelet; its refusal to say is no failure of the fix. */
async function kubelet(ports: Ports, node: string): Promise<string> {
  try {
    const { verdict, said } = await ports.cluster.reachKubelet(node);
    return verdict === 'answers' ? 'answers' : said;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return error.message;
  }
}
