import { readingsOf } from '../../check/check.ts';
import type { Check } from '../../check/check.ts';
import { bind } from '../../incident/index.ts';
import { questionKey } from '../../model/index.ts';
import type { Answer, Bound, Effect, Happening, IncidentState, NodeFacts, OtherNode } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { ask } from '../ask.ts';
import type { Ports } from '../ports.ts';
import { targetFor } from '../target.ts';
import { within } from '../within.ts';

type Sweep = Extract<Effect, { do: 'sweep' }>;

/** Nodes asked at most; a larger pool is asked in part, and says so. */
const MOST = 200;
/** Nodes asked at once, each a little after the one before: a sweep must never be felt. */
const AT_ONCE = 4;
const STAGGER_MS = 150;
/** Rounds of questions of one check, as in a diagnosis. */
const ROUNDS = 3;

/** Asks the other nodes of the subject's pool, with the check that found the cause, whether they have it too. Reads only. */
export async function sweep(ports: Ports, state: IncidentState, { finding, check: id }: Sweep): Promise<Happening> {
  const base = { is: 'swept', finding } as const;
  const check = ports.house.checks.find((one) => one.id === id);
  const failed = (failure: string): Happening => ({ ...base, others: [], left: 0, failure });
  if (check === undefined || state.bound === null)
    return failed('The check that found the cause is not known any more.');
  try {
    const nodes = await ports.cluster.nodes();
    const subject = nodes.find(({ name }) => name === state.node);
    const pool = nodes.filter(
      ({ name, pool, controlPlane }) =>
        name !== state.node && pool === subject?.pool && controlPlane === subject.controlPlane,
    );
    const asked = pool.slice(0, MOST);
    const others = await staggered(ports, asked, (node) => look(ports, state, { nodes, node, check, finding }));
    return { ...base, others, left: pool.length - asked.length };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return failed(`Whether other nodes have this cause is not known: ${error.message}`);
  }
}

/** A few at once, each starting a little later. */
async function staggered<T, U>(ports: Ports, items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next; at < items.length; at = next) {
      next += 1;
      const item = items[at];
      if (item === undefined) continue;
      if (at > 0) await ports.clock.sleep(STAGGER_MS);
      done[at] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return done;
}

async function look(
  ports: Ports,
  state: IncidentState,
  about: {
    readonly nodes: readonly NodeFacts[];
    readonly node: NodeFacts;
    readonly check: Check;
    readonly finding: string;
  },
): Promise<OtherNode> {
  const { node, check, finding } = about;
  const unseen = (sentence: string): OtherNode => ({ node: node.name, says: 'unseen', sentence });
  try {
    const bound = await boundTo(ports, state, about);
    const reached = await ports.nodes.open(targetFor(ports, bound.subject, state.bound?.subject ?? null));
    if (!reached.reached) return unseen(reached.sentence);
    const { session } = reached;
    return await within(session, async () => {
      let answers: Record<string, Answer> = {};
      for (let round = 0; round < ROUNDS; round += 1) {
        const open = check
          .needs(bound, readingsOf(answers))
          .filter((question) => question.role === 'subject' && answers[questionKey(question)] === undefined);
        if (open.length === 0) break;
        const given = await ask(ports, session, node.name, open);
        answers = { ...answers, ...Object.fromEntries(given.map((answer) => [questionKey(answer.question), answer])) };
      }
      const verdict = check.judge(bound, readingsOf(answers));
      if (verdict.is === 'clear') return { node: node.name, says: 'clear', sentence: verdict.because };
      if (verdict.is === 'unknown') return unseen(verdict.missing.map(({ detail }) => detail).join('; '));
      const same = verdict.findings.find(({ code }) => code === finding);
      return same === undefined
        ? { node: node.name, says: 'clear', sentence: 'it has another one' }
        : { node: node.name, says: 'found', sentence: same.statement };
    });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return unseen(error.message);
  }
}

/** The roles as they would be bound if this node were the subject; the repaired one is its healthy peer. */
async function boundTo(
  ports: Ports,
  state: IncidentState,
  { nodes, node }: { readonly nodes: readonly NodeFacts[]; readonly node: NodeFacts },
): Promise<Bound> {
  const { cluster } = ports;
  const repaired = nodes.find(({ name }) => name === state.node) ?? null;
  const pods = new Map([[node.name, await cluster.podsOn(node.name)]]);
  const cni = await cluster.cni();
  const apiServers = await cluster.apiServers();
  const { bound, farEnds } = bind({ cluster: cluster.name, nodes, pods, cni, apiServers }, node, repaired);
  const kind = state.bound?.farEnd?.kind;
  return { ...bound, farEnd: (kind === undefined ? undefined : farEnds[kind]) ?? bound.farEnd };
}
