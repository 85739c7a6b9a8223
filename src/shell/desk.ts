import type { Person } from '../model/index.ts';
import { sha256 } from '../model/hash.ts';
import { suggest } from '../playbook/index.ts';
import { ClusterError } from '../port.ts';
import type { Desk, StoredIncident } from '../port.ts';
import { offerToSign, samePerson } from '../incident/index.ts';
import { take } from './advance.ts';
import { known } from './known.ts';
import type { Workplace } from './ports.ts';
import { askedAtPress, standsThere } from './pressing.ts';
import type { Press } from './pressing.ts';
import { Rates } from './rates.ts';
import type { StartLimits } from './rates.ts';
import { switching } from './switching.ts';
import { givenSignature, toSign } from './signing.ts';

/** Closed incidents whose buttons still mean something: to start elsewhere, or to make a repair last. */
const LATEST = 200;

/** Who may start and where; empty lists allow everybody and every channel. */
export interface DeskPolicy {
  readonly starters: readonly string[];
  readonly channels: readonly string[];
  /** How many diagnoses a person and a channel may ask for; absent: as many as they like. */
  readonly limits?: StartLimits;
}

/** The desk where commands and button presses arrive, once they are recorded and acked. */
export function desk(workplace: Workplace, policy: DeskPolicy, nudge: () => void): Desk {
  const { journal } = workplace;
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that two starts at the same moment see each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
  const open = async (
    cluster: string,
    { key, node, by, place, symptom }: Parameters<Desk['start']>[0],
  ): Promise<string | null> => {
    // The same command, delivered again after a crash, is the same incident.
    const incident = sha256(`start ${key}`).slice(0, 32);
    const running = (await journal.open()).find(({ state }) => state.node === node && state.cluster === cluster);
    if (running?.incident === incident) return null;
    if (running !== undefined) {
      return `${node} is being looked at already, started by ${running.state.by.name}: see its thread.`;
    }
    const opened = { is: 'opened', incident, node, cluster, by, place } as const;
    const happening = symptom === undefined ? opened : { ...opened, symptom };
    const taken = await take(workplace, incident, happening, { inbox: `start ${key}` });
    nudge();
    return taken.is === 'written' || taken.is === 'seen'
      ? null
      : 'The incident could not be recorded; nothing was started.';
  };
  const rates = policy.limits === undefined ? null : new Rates(workplace.clock, policy.limits);
  const mayStart = (by: Person): boolean =>
    policy.starters.length === 0 || policy.starters.some((id) => samePerson({ id }, by, workplace.house.approval));
  const start = async (request: Parameters<Desk['start']>[0]): Promise<string | null> => {
    const { node, by, place } = request;
    if (!mayStart(by)) return NO_STARTER;
    if (policy.channels.length > 0 && !policy.channels.includes(place.channel)) {
      return 'Diagnoses are not started in this channel; use one of the configured ones.';
    }
    const tooOften = rates?.take(by.id, place.channel) ?? null;
    if (tooOften !== null) return tooOften;
    const found = await clusterOf(workplace, node);
    if ('refusal' in found) return found.refusal;
    return inTurn(() => open(found.cluster, request));
  };
  const pressIn = async ({ incident, state }: StoredIncident, press: Press): Promise<null> => {
    const { key, token, by, reason } = press;
    const signature = await givenSignature(workplace, state, press);
    const pressed = {
      is: 'pressed',
      token,
      by,
      ...(reason === undefined ? {} : { reason }),
      ...(await askedAtPress(workplace, state, press)),
      ...(signature === null ? {} : { signature }),
    } as const;
    await take(workplace, incident, pressed, { inbox: `press ${key}` });
    nudge();
    return null;
  };
  /** A button that does not stand where it was pressed, or that netdiag never made: nothing but a row of the audit. */
  const astray = async (incident: string | null, { key, token, by, place }: Press): Promise<string> => {
    if (incident === null)
      await journal.note({
        at: workplace.clock.now(),
        incident: `${place.team} ${place.channel}`,
        by: by.id,
        what: 'refused',
        detail: `${token.slice(0, 80)}: no button of netdiag's bears this`,
      });
    else await take(workplace, incident, { is: 'pressed', token, by, astray: true }, { inbox: `press ${key}` });
    return OVER;
  };
  /** Opens a closed incident again, unless its node is being looked at by then: two incidents of one node know nothing of each other. */
  const reopen = async (closed: StoredIncident, press: Press): Promise<string | null> => {
    const { node, cluster } = closed.state;
    const running = (await journal.open()).find(({ state }) => state.node === node && state.cluster === cluster);
    if (running !== undefined && running.incident !== closed.incident)
      return `${node} is being looked at now, started by ${running.state.by.name}: press again when that is over.`;
    return pressIn(closed, press);
  };
  return {
    ...known(workplace),
    ...switching(workplace),
    start,
    async press(press) {
      const { key, token, by, place } = press;
      const bears = ({ state }: StoredIncident): boolean => Object.hasOwn(state.buttons, token);
      const incident = (await journal.open()).find(bears) ?? (await journal.latest(LATEST)).find(bears);
      const means = incident?.state.buttons[token];
      if (incident === undefined || means === undefined) return astray(null, press);
      if (!standsThere(incident.state, means, press)) return astray(incident.incident, press);
      if (means.means === 'start')
        return start({ key: `press ${key}`, node: means.node, by, place: { ...place, thread: null } });
      if (incident.state.life !== 'closed' || HARMLESS.has(means.means)) return pressIn(incident, press);
      if (!OPENS.has(means.means)) return OVER;
      if (means.means !== 'offer' && means.means !== 'undo' && !mayStart(by)) return NO_STARTER;
      return inTurn(() => reopen(incident, press));
    },
    async toSign(token) {
      for (const { state } of await journal.open()) {
        const offer = offerToSign(state, token);
        if (offer !== null) return toSign(offer);
      }
      return null;
    },
  };
}

const NO_STARTER = 'You may not start a diagnosis here; ask one of the configured starters.';
/** What a closed incident still takes without being opened. */
const HARMLESS: ReadonlySet<string> = new Set(['reviewed', 'post-mortem']);
/** What opens a closed incident: to make its repair last, and to look again in one way or another. */
const OPENS: ReadonlySet<string> = new Set(['offer', 'undo', 'reopen', 'repeat']);
const OVER = 'This incident is over, or the button belongs to an older message: nothing was done.';

/** The cluster that has this node, or why the node cannot be looked at. */
async function clusterOf(
  workplace: Workplace,
  node: string,
): Promise<{ readonly cluster: string } | { readonly refusal: string }> {
  const names: string[] = [];
  const silent: string[] = [];
  for (const { cluster } of workplace.sites) {
    try {
      const known = (await cluster.nodes()).map(({ name }) => name);
      if (known.includes(node)) return { cluster: cluster.name };
      names.push(...known);
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      silent.push(error.message);
    }
  }
  if (silent.length > 0) return { refusal: `${silent.join(' ')} Nothing was started.` };
  const near = suggest(node, names);
  const where = workplace.sites.map(({ cluster }) => cluster.name).join(' or ');
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `There are ${names.length} nodes, none with a name like it.`;
  return { refusal: `No node of ${where} is called that. ${hint}` };
}
