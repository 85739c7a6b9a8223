import { readingsOf } from '../../check/check.ts';
import type { Check, Readings } from '../../check/check.ts';
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
  readonly checks: readonly Check[];
  /** Codes of the causes that were mended. */
  readonly causes: readonly string[];
  readonly nodes: readonly NodeFacts[];
  readonly cni: CniFacts;
  readonly apiServers: readonly string[];
}

/** Asks the other nodes of the subject's pool, with the checks that found the causes, whether they have them too. Reads only. */
export async function sweep(
  ports: Ports,
  state: IncidentState,
  { finding, check, also = [] }: Sweep,
): Promise<Happening> {
  const base = { is: 'swept', finding } as const;
  const wanted = [{ finding, check }, ...also];
  const checks = ports.house.checks.filter(({ id }) => wanted.some((one) => one.check === id));
  const failed = (failure: string): Happening => ({ ...base, others: [], left: 0, failure });
  if (wanted.some((one) => !checks.some(({ id }) => id === one.check)) || state.bound === null)
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
    const about: Asking = { checks, causes: wanted.map((one) => one.finding), nodes, cni, apiServers };
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
  const { checks } = about;
  const unseen = (sentence: string): OtherNode => ({ node: node.name, says: 'unseen', sentence });
  try {
    const bound = await boundTo(ports, state, node, about);
    const reached = await ports.nodes.open(targetFor(ports, bound.subject, state.bound?.subject ?? null));
    if (!reached.reached) return unseen(reached.sentence);
    const { session } = reached;
    return await within(session, async () => {
      let answers: Record<string, Answer> = {};
      for (let round = 0; round < ROUNDS; round += 1) {
        const open = checks
          .flatMap((check) => check.needs(bound, readingsOf(answers)))
          .filter((question) => question.role === 'subject' && answers[questionKey(question)] === undefined);
        if (open.length === 0) break;
        const distinct = new Map(open.map((question) => [questionKey(question), question]));
        const given = await ask(ports, session, node.name, [...distinct.values()]);
        answers = { ...answers, ...Object.fromEntries(given.map((answer) => [questionKey(answer.question), answer])) };
      }
      return said(node.name, bound, readingsOf(answers), about);
    });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return unseen(error.message);
  }
}

/** What the checks together say of a node: a cause that was mended, else another finding of theirs, else what could not be seen. */
function said(node: string, bound: Bound, readings: Readings, { checks, causes }: Asking): OtherNode {
  const verdicts = checks.map((check) => ({ check, verdict: check.judge(bound, readings) }));
  const findings = verdicts.flatMap(({ verdict }) => (verdict.is === 'found' ? verdict.findings : []));
  const same = findings.filter(({ code }) => causes.includes(code));
  const rest = findings.filter((finding) => !same.includes(finding));
  if (findings.length > 0) {
    const sentence = [...same, ...rest].map(({ statement }) => statement).join(' ');
    return { node, says: same.length > 0 ? 'found' : 'other', sentence };
  }
  const hidden = verdicts.flatMap(({ check, verdict }) =>
    verdict.is === 'unknown' ? [`it could not be seen whether ${check.ruledOut}: ${gaps(verdict.missing)}`] : [],
  );
  if (hidden.length > 0) return { node, says: 'unseen', sentence: hidden.join('; ') };
  const clear = verdicts.flatMap(({ verdict }) => (verdict.is === 'clear' ? [verdict.because] : []));
  return { node, says: 'clear', sentence: clear.join('; ') };
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
