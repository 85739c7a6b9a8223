import { nodeCommands, orderOf } from '../../model/index.ts';
import type {
  Door,
  Effect,
  Happening,
  IncidentState,
  LedgerEntry,
  NodeIdentity,
  NodeRun,
  Plan,
} from '../../model/index.ts';
import type { NodeSession, NodeTarget } from '../../port.ts';
import { skewObjection, skewOf } from '../clock-skew.ts';
import { againstBeginning } from '../may-begin.ts';
import { notApproved } from '../not-approved.ts';
import type { Ports } from '../ports.ts';
import { revoked } from '../revoked.ts';
import { otherThan } from '../same-node.ts';
import { within } from '../within.ts';
import { targetOf } from '../target.ts';

type Change = Extract<Effect, { do: 'change' }>;

/** From then on the ledger is asked through new connections: the answer may be lost with the connection that asked. */
const PATIENCE_MS = 3_000;
const PAUSE_MS = 1_000;

/** What the node's ledger said, and through which door. */
interface Told {
  readonly entry: LedgerEntry;
  readonly door: Door;
}

/**
 * Hands an approved plan to the node. The node's ledger decides whether it begins: a fix id starts once, so running this
 * deed again after a crash only asks what became of it. A change may take its own connection with it, and a lost connection
 * shows only after many seconds; so the ledger is soon asked through the doors that must work afterwards.
 */
export async function change(ports: Ports, state: IncidentState, deed: Change): Promise<Happening> {
  const { plan } = deed;
  const unknown = (sentence: string): Happening => ({ is: 'change-unknown', plan: plan.id, sentence });
  const target = targetOf(ports, state, 'subject');
  if (target === null) return unknown(`Nobody knows where ${plan.node.name} is any more.`);
  const reached = await ports.nodes.open(target);
  if (!reached.reached) return unknown(`The fix could not be handed to ${plan.node.name}: ${reached.sentence}`);
  const { session } = reached;
  const begun = within(session, () => begin(ports, state, session, deed)).then((entry) =>
    'held' in entry ? entry : told(entry, session.door),
  );
  begun.catch(() => undefined);
  const over = new AbortController();
  try {
    const asked = askBeside(ports, target, plan, over.signal);
    asked.catch(() => undefined);
    const first = (await Promise.race([begun, asked])) ?? (await asked);
    if (typeof first === 'string') return unknown(first);
    if ('held' in first) return { is: 'held', plan: plan.id, sentence: first.held };
    return { is: 'changed', plan: plan.id, ...first };
  } finally {
    over.abort();
  }
}

/** An end that the ledger told; `null` while the change is under way. */
function told(entry: LedgerEntry | null, door: Door): Told | null {
  return entry === null || entry.state === 'begun' || entry.state === 'armed' ? null : { entry, door };
}

/** Starts the change unless the node knows the fix already, or something stands against it now. */
async function begin(
  ports: Ports,
  state: IncidentState,
  session: NodeSession,
  { plan, approval }: Change,
): Promise<LedgerEntry | { readonly held: string }> {
  const known = await session.ledger(plan.id, 'status');
  if (known !== null) return known;
  const detail = objectionTo(plan, approval, session.identity, ports.clock.now());
  if (detail !== null) return { fix: plan.id, state: 'refused', detail, difference: [] };
  const held =
    skewObjection(plan.node.name, await skewOf(session, ports.clock)) ??
    (await againstBeginning(ports, plan)) ??
    (await revoked(ports, state, plan));
  if (held !== null) return { held };
  return session.change({
    fix: plan.id,
    planHash: approval.planHash,
    rollbackSeconds: plan.rollbackSeconds,
    preconditions: plan.preconditions,
    apply: nodeCommands(plan.steps).map(run),
    undo: nodeCommands(plan.undo).map(run),
    ...(plan.signed === true ? { order: orderOf(plan), signatures: signaturesOf(approval) } : {}),
  });
}

function signaturesOf({ consents }: Change['approval']): readonly string[] {
  return consents.flatMap(({ signature }) => (signature === undefined ? [] : [signature]));
}

/**
 * Asks the ledger through new connections, whatever door opens, until it tells an end or the node has restored itself; then,
 * and when it is told that it is `over`, gives one sentence on what is not known.
 */
async function askBeside(ports: Ports, target: NodeTarget, plan: Plan, over: AbortSignal): Promise<Told | string> {
  const until = ports.clock.now() + plan.rollbackSeconds * 1000;
  const anew = { ...target, only: target.addresses.map(({ address }) => address) };
  let last = 'the connection was lost with the change.';
  await ports.clock.sleep(PATIENCE_MS, over);
  while (!over.aborted && ports.clock.now() < until) {
    const reached = await ports.nodes.open(anew, over);
    if (reached.reached) {
      const { session } = reached;
      const entry = await within(session, () => session.ledger(plan.id, 'status'));
      const end = told(entry, session.door);
      if (end !== null) return end;
      last = entry === null ? 'its ledger does not know the fix.' : `its ledger says ${entry.state}.`;
    } else {
      last = reached.sentence;
    }
    await ports.clock.sleep(PAUSE_MS, over);
  }
  return `Whether the fix was applied on ${plan.node.name} is not known: ${last} The node restores itself unless it is confirmed.`;
}

function run({ argv, stdin }: NodeRun): NodeRun {
  return { argv, ...(stdin === undefined ? {} : { stdin }) };
}

/** Why this plan must not begin now; `null` when nothing stands against it. */
function objectionTo(plan: Plan, approval: Change['approval'], identity: NodeIdentity, now: number): string | null {
  return notApproved(plan, approval, now) ?? otherThan(plan.node, identity) ?? gateObjection(plan, identity);
}

/** What people signed for a gate is nothing to a shell, and a gate executes nothing that they did not sign. */
function gateObjection(plan: Plan, { gate }: NodeIdentity): string | null {
  const signed = plan.signed === true;
  if (signed === (gate !== undefined)) return null;
  return signed
    ? 'The node had a gate when the plan was made and has none now: look at it before anything is changed there.'
    : 'The node has a gate that it had not when the plan was made, and it demands signatures: start again.';
}
