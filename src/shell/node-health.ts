import { readingsOf } from '../check/check.ts';
import { bind, fitting } from '../incident/index.ts';
import { questionKey } from '../model/index.ts';
import type { Bound, Health, IncidentState, NodeFacts, Question } from '../model/index.ts';
import { ClusterError } from '../port.ts';
import { ask } from './ask.ts';
import { passing } from './passing.ts';
import type { Ports } from './ports.ts';
import { targetFor } from './target.ts';
import { within } from './within.ts';

/** An agent that has just started writes its rules within seconds; a kubelet posts its node every ten. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 3_000;

/** How well each of these nodes is before a step that concerns it. Reads only; what cannot be seen is not compared afterwards. */
export async function healthOf(
  ports: Ports,
  state: IncidentState,
  names: readonly string[],
): Promise<readonly Health[]> {
  const nodes = await listed(ports);
  const all: Health[] = [];
  for (const node of names) {
    const facts = nodes?.find(({ name }) => name === node);
    const clear = facts === undefined ? null : await clearChecks(ports, state, facts);
    all.push({ node, ready: facts?.ready === 'True', clear });
  }
  return all;
}

/**
 * What is worse on this node than before, one clause that names it; `null` where nothing is. Looks again for a minute, because what
 * restarts needs a moment. Throws ClusterError.
 */
export async function regression(ports: Ports, state: IncidentState, before: Health): Promise<string | null> {
  const until = ports.clock.now() + PATIENCE_MS;
  for (;;) {
    const worse = await compared(ports, state, before);
    if (worse === null || ports.clock.now() >= until) return worse;
    await ports.clock.sleep(PAUSE_MS);
  }
}

async function compared(ports: Ports, state: IncidentState, { node, ready, clear }: Health): Promise<string | null> {
  const nodes = await listed(ports);
  if (nodes === null) return null;
  const facts = nodes.find(({ name }) => name === node);
  if (facts === undefined) return `${node} is no node of the cluster any more`;
  if (ready && facts.ready !== 'True') return `${node} is not Ready any more`;
  if (clear === null || clear.length === 0) return null;
  const now = await verdicts(ports, state, facts);
  if (now === null) return `no door of ${node} opens any more`;
  const lost = clear.flatMap((id) => now.find((one) => one.id === id && one.says === 'found') ?? []);
  return lost.length === 0 ? null : `on ${node} ${lost.map(({ suspect }) => suspect).join(', ')} since then`;
}

/** Every node, or `null` where a recording does not hold them. An API server that stays away for a moment is asked again. */
async function listed({ cluster, clock }: Ports): Promise<readonly NodeFacts[] | null> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await cluster.nodes();
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (error.gap === 'not-recorded') return null;
      if (!passing(error) || clock.now() >= until) throw error;
      await clock.sleep(PAUSE_MS);
    }
  }
}

async function clearChecks(ports: Ports, state: IncidentState, facts: NodeFacts): Promise<readonly string[] | null> {
  const now = await verdicts(ports, state, facts);
  return now?.filter(({ says }) => says === 'clear').map(({ id }) => id) ?? null;
}

/** What the checks say of one node by its cheap lookups, in one round trip; `null` where no door opens. */
async function verdicts(ports: Ports, state: IncidentState, facts: NodeFacts) {
  const bound = boundTo(ports, state, facts);
  const jump =
    state.bound === null || state.bound.subject.name === facts.name ? (state.bound?.peer ?? null) : state.bound.subject;
  const reached = await ports.nodes.open(targetFor(ports, bound.subject, jump));
  if (!reached.reached) return null;
  const { session } = reached;
  return within(session, async () => {
    const cheap = ports.house.cheap.map((probe): Question => ({ role: 'subject', probe, params: {} }));
    const answers = await ask(ports, session, facts.name, cheap);
    const readings = readingsOf(Object.fromEntries(answers.map((answer) => [questionKey(answer.question), answer])));
    return fitting(ports.house.checks, bound).map((check) => ({
      id: check.id,
      suspect: check.suspect,
      says: check.judge(bound, readings).is,
    }));
  });
}

function boundTo({ cluster }: Ports, { bound }: IncidentState, facts: NodeFacts): Bound {
  if (bound !== null && bound.subject.name === facts.name) return bound;
  const cni = bound?.cni ?? { name: 'unknown', version: null, daemonSet: null, image: null, env: {}, hostPaths: {} };
  return bind({ cluster: cluster.name, nodes: [facts], pods: new Map(), cni, apiServers: [] }, facts, null).bound;
}
