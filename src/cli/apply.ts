import { createInterface } from 'node:readline';
import { terminalThread } from '../adapter/terminal/index.ts';
import type { TerminalThread } from '../adapter/terminal/index.ts';
import { ladder } from '../capture/index.ts';
import { isApprover, isNamed, mayBreakGlass } from '../incident/index.ts';
import type { ApprovalPolicy } from '../incident/index.ts';
import type { IncidentState, Meaning, Offer, Person } from '../model/index.ts';
import type { Journal, StoredIncident } from '../port.ts';
import { desk } from '../shell/index.ts';
import type { Workplace } from '../shell/index.ts';
import type { ApplyRequest } from './apply-request.ts';
import { carriedOut } from './carried-out.ts';
import type { Console } from './diagnose.ts';

/** Exit status: what was asked for came to be, or not, or must not. */
export const APPLIED = { done: 0, not: 1, refused: 2 } as const;

/**
 * Approves, rejects or revokes one fix of an incident in the journal, from this terminal and through the same rules as in the chat.
 * What the approval begins is carried out here where the incident is the terminal's own, else by the bot that serves it, and watched.
 * `user`: the user of this machine, whom the configuration maps to a person.
 */
export async function apply(
  request: ApplyRequest,
  ports: Omit<Workplace, 'thread'>,
  { out, err, input }: Console,
  user: string,
): Promise<number> {
  const { journal, ids, house, clock } = ports;
  const refuse = (sentence: string): number => {
    err.write(`${sentence}\n`);
    return APPLIED.refused;
  };
  const by: Person = { id: `terminal:${user}`, name: user };
  const stranger = unknown(by, house.approval);
  if (stranger !== null) return refuse(stranger);
  const found = await incidentOf(journal, request.incident);
  if (typeof found === 'string') return refuse(found);
  const { state } = found;
  const offer = state.offers.findLast(({ letter }) => letter === request.letter);
  if (offer === undefined) return refuse(`There is no Fix ${request.letter}${others(state)}`);
  const token = tokenFor(state, offer, request.verb);
  if (token === null)
    return refuse(`Fix ${offer.letter} is ${offer.state}: there is nothing to ${request.verb} any more.`);

  const terminal = terminalThread({
    write: (text) => void out.write(text),
    columns: () => out.columns,
    isTTY: out.isTTY,
    colour: out.isTTY,
    ladder,
  });
  const workplace = { ...ports, thread: terminal };
  const counter = desk(workplace, { starters: [], channels: [] }, () => undefined);
  await terminal.show(state.place, 'approval', cardOf(state, offer), null);
  const wanted = request.verb === 'approve' || request.verb === 'break-glass' ? await counter.toSign(token) : null;
  if (wanted !== null && request.signature === undefined) {
    terminal.say('This wants your signature. Read what follows and paste it into a terminal; it prints the signature:');
    out.write(`\n${wanted.command}\n`);
    terminal.say(`Put that into a file, and: netdiag apply ${state.id.slice(0, 8)} ${offer.letter} --signature FILE`);
    return APPLIED.refused;
  }
  if (!request.yes && !(await meant(terminal, input, request, offer))) return refuse('Nothing was done.');

  const before = await refusals(journal, state.id, by);
  const { thread: _, ...place } = state.place;
  const refusal = await counter.press({
    key: `apply ${ids.token()}`,
    token,
    by,
    place: { ...place, thread: state.place.thread },
    ...(request.reason === '' ? {} : { reason: request.reason }),
    ...(wanted === null || request.signature === undefined ? {} : { signature: request.signature }),
  });
  const said = (await refusals(journal, state.id, by)).slice(before.length);
  if (refusal !== null || said.length > 0) return refuse(refusal ?? said.join(' '));
  const now = (await journal.load(state.id))?.state.offers.find(({ plan }) => plan.id === offer.plan.id);
  if (now?.state === 'approved' && request.verb !== 'revoke')
    return carriedOut(workplace, terminal, state.id, clock.now());
  terminal.say(became(request, now ?? offer));
  return APPLIED.done;
}

/** Why this user of the machine may decide nothing; `null` where the configuration says who that is. */
function unknown(by: Person, policy: ApprovalPolicy): string | null {
  const known = isNamed(by, policy) || isApprover(by, policy, []) || mayBreakGlass(by, policy);
  if (known) return null;
  return `The user ${JSON.stringify(by.name)} of this machine is nobody in approval.people (terminal), so nobody would know who decides this.`;
}

/** The open incident that is meant, or what there is instead. */
async function incidentOf(journal: Journal, wanted: string): Promise<StoredIncident | string> {
  const open = await journal.open();
  const meant = open.filter(({ incident, state }) => state.node === wanted || incident.startsWith(wanted));
  const [one, ...more] = meant;
  if (one !== undefined && more.length === 0) return one;
  const list = (all: readonly StoredIncident[]): string =>
    all.map(({ incident, state }) => `\n  ${incident.slice(0, 8)}  ${state.node}  ${state.life}`).join('');
  if (meant.length > 1) return `Several incidents are meant by that:${list(meant)}`;
  return open.length === 0
    ? 'No incident is open in this journal.'
    : `No open incident is that one. Open are:${list(open)}`;
}

function others({ offers }: IncidentState): string {
  const letters = offers.flatMap(({ letter, state }) => (state === 'waiting' ? [letter] : []));
  return letters.length === 0 ? ': no fix waits for an approval.' : `; waiting: ${letters.join(', ')}.`;
}

function tokenFor(
  { buttons }: IncidentState,
  { plan, tokens, state }: Offer,
  verb: ApplyRequest['verb'],
): string | null {
  if (verb !== 'revoke' && state !== 'waiting') return null;
  if (verb === 'approve' || verb === 'reject') return tokens[verb];
  const means = (meaning: Meaning): boolean => meaning.means === verb && meaning.plan === plan.id;
  return Object.entries(buttons).find(([, meaning]) => means(meaning))?.[0] ?? null;
}

/** The card as it stands in the chat; without its buttons. */
function cardOf(state: IncidentState, offer: Offer) {
  const message = state.telling[`approval ${offer.plan.id}`]?.message;
  if (message?.is !== 'approval') throw new Error(`Fix ${offer.letter} has no card yet: try again in a moment.`);
  return { ...message, buttons: [] };
}

/** Whether the person at the terminal types yes. */
async function meant(
  terminal: TerminalThread,
  input: NodeJS.ReadableStream,
  { verb }: ApplyRequest,
  { letter, hash }: Offer,
): Promise<boolean> {
  const words = verb === 'break-glass' ? 'approve alone' : verb;
  terminal.ask(`Type yes to ${words} Fix ${letter}, plan ${hash.slice(0, 12)}: `);
  const lines = createInterface({ input, terminal: false });
  try {
    for await (const line of lines) {
      terminal.answered();
      return line.trim() === 'yes';
    }
    return false;
  } finally {
    lines.close();
  }
}

/** What netdiag has refused this person in this incident, in order. */
async function refusals(journal: Journal, incident: string, by: Person): Promise<readonly string[]> {
  const rows = await journal.audit(incident);
  return rows.flatMap(({ by: who, what, detail }) =>
    who === by.id && what === 'refused' ? [detail.replace(/^\S*: /, '')] : [],
  );
}

function became({ verb, letter }: ApplyRequest, { state, consents, plan }: Offer): string {
  if (verb === 'reject') return `Fix ${letter} is rejected.`;
  if (verb === 'revoke') return state === 'waiting' ? 'Your approval is taken back.' : 'The approval is revoked.';
  const missing = plan.approvals - consents.length;
  return `Your approval counts, ${consents.length} of ${plan.approvals}; it needs ${missing} more of other people.`;
}
