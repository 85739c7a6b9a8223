import { readingsOf } from '../../check/check.ts';
import type { Check } from '../../check/check.ts';
import { bind } from '../../incident/index.ts';
import { questionKey } from '../../model/index.ts';
import type {
  Answer,
  Bound,
  CniFacts,
  Effect,
  Happening,
  IncidentState,
  Missing,
  NodeFacts,
  OtherNode,
} from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { ask } from '../ask.ts';
import { passing } from '../passing.ts';
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

/** What is the same for every node that is asked. */
interface Asking {
  readonly check: Check;
  readonly finding: string;
  readonly nodes: readonly NodeFacts[];
  readonly cni: CniFacts;
  readonly apiServers: readonly string[];
}

/** Asks the other nodes of the subject's pool, with the check that found the cause, whether they have it too. Reads only. */
export async function sweep(ports: Ports, state: IncidentState, { finding, check: id }: Sweep): Promise<Happening> {
  const base = { is: 'swept', finding } as const;
  const check = ports.house.checks.find((one) => one.id === id);
  const failed = (failure: string): Happening => ({ ...base, others: [], left: 0, failure });
  if (check === undefined || state.bound === null)
    return failed('The other nodes were not asked: the check that found the cause is not known any more.');
  try {
    const nodes = await ports.cluster.nodes();
    const { pool, controlPlane } = nodes.find(({ name }) => name === state.node) ?? state.bound.subject.facts;
    const others = nodes.filter(
      (node) => node.name !== state.node && node.pool === pool && node.controlPlane === controlPlane,
    );
    const asked = others.slice(0, MOST);
    if (asked.length === 0) return { ...base, others: [], left: 0 };
    const cni = await ports.cluster.cni();
    const apiServers = await ports.cluster.apiServers();
    const about: Asking = { check, finding, nodes, cni, apiServers };
    return {
      ...base,
      others: await staggered(ports, asked, (node) => look(ports, state, node, about)),
      left: others.length - asked.length,
    };
  } catch (error) {
    if (!(error instanceof ClusterError) || passing(error)) throw error;
    return failed(`Whether other nodes have this cause is not known: ${error.message}`);
  }
}

/** A few at once, each starting a little after the one before. */
async function staggered<T, U>({ clock }: Ports, items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  let next = 0;
  let free = clock.now();
  const lane = async (): Promise<void> => {
    for (let at = next; at < items.length; at = next) {
      next += 1;
      const item = items[at];
      if (item === undefined) continue;
      const wait = free - clock.now();
      free = Math.max(free, clock.now()) + STAGGER_MS;
      if (wait > 0) await clock.sleep(wait);
      done[at] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return done;
}

async function look(ports: Ports, state: IncidentState, node: NodeFacts, about: Asking): Promise<OtherNode> {
  const { check, finding } = about;
  const unseen = (sentence: string): OtherNode => ({ node: node.name, says: 'unseen', sentence });
  try {
    const bound = await boundTo(ports, state, node, about);
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
      if (verdict.is === 'unknown')
        return unseen(`it could not be seen whether ${check.ruledOut}: ${gaps(verdict.missing)}`);
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

/** What a check misses, each thing once. */
function gaps(missing: readonly Missing[]): string {
  return [...new Set(missing.map(({ detail }) => detail))].join('; ');
}

/** The roles as they would be bound if this node were the subject; the repaired one is its healthy peer. */
async function boundTo(
  { cluster }: Ports,
  state: IncidentState,
  node: NodeFacts,
  { nodes, cni, apiServers }: Asking,
): Promise<Bound> {
  const repaired = nodes.find(({ name }) => name === state.node) ?? null;
  const pods = new Map([[node.name, await cluster.podsOn(node.name)]]);
  const { bound, farEnds } = bind({ cluster: cluster.name, nodes, pods, cni, apiServers }, node, repaired);
  const kind = state.bound?.farEnd?.kind;
  return { ...bound, farEnd: (kind === undefined ? undefined : farEnds[kind]) ?? bound.farEnd };
}
