import type { Person, Place } from '../model/index.ts';
import { sha256 } from '../model/hash.ts';
import { suggest } from '../playbook/index.ts';
import { ClusterError } from '../port.ts';
import type { Desk, StoredIncident } from '../port.ts';
import { take } from './advance.ts';
import { known } from './known.ts';
import type { Workplace } from './ports.ts';

/** Closed incidents whose buttons still mean something: to start elsewhere, or to make a repair last. */
const LATEST = 200;

/** Who may start and where; empty lists allow everybody and every channel. */
export interface DeskPolicy {
  readonly starters: readonly string[];
  readonly channels: readonly string[];
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
  const mayStart = ({ id }: Person): boolean => policy.starters.length === 0 || policy.starters.includes(id);
  const start = async (request: Parameters<Desk['start']>[0]): Promise<string | null> => {
    const { node, by, place } = request;
    if (!mayStart(by)) return NO_STARTER;
    if (policy.channels.length > 0 && !policy.channels.includes(place.channel)) {
      return 'Diagnoses are not started in this channel; use one of the configured ones.';
    }
    const found = await clusterOf(workplace, node);
    if ('refusal' in found) return found.refusal;
    return inTurn(() => open(found.cluster, request));
  };
  const pressIn = async ({ incident, state }: StoredIncident, press: Press): Promise<null> => {
    const { key, token, by, reason } = press;
    const groups = await groupsOf(workplace, state, press);
    const pressed = {
      is: 'pressed',
      token,
      by,
      ...(reason === undefined ? {} : { reason }),
      ...(groups.length === 0 ? {} : { groups }),
    } as const;
    await take(workplace, incident, pressed, { inbox: `press ${key}` });
    nudge();
    return null;
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
    start,
    async press(press) {
      const { key, token, by, place } = press;
      const bears = ({ state }: StoredIncident): boolean =>
        Object.hasOwn(state.buttons, token) && isIn(place, state.place);
      const incident = (await journal.open()).find(bears) ?? (await journal.latest(LATEST)).find(bears);
      const means = incident?.state.buttons[token];
      if (incident === undefined || means === undefined) return OVER;
      if (means.means === 'start')
        return start({ key: `press ${key}`, node: means.node, by, place: { ...place, thread: null } });
      if (incident.state.life !== 'closed') return pressIn(incident, press);
      if (!OPENS.has(means.means)) return OVER;
      if (means.means !== 'offer' && !mayStart(by)) return NO_STARTER;
      return inTurn(() => reopen(incident, press));
    },
  };
}

const NO_STARTER = 'You may not start a diagnosis here; ask one of the configured starters.';
/** What opens a closed incident: to make its repair last, and to look again in one way or another. */
const OPENS: ReadonlySet<string> = new Set(['offer', 'reopen', 'repeat']);
const OVER = 'This incident is over, or the button belongs to an older message: nothing was done.';

type Press = Parameters<Desk['press']>[0];

const DECIDING: readonly string[] = ['approve', 'reject', 'stop'];

/** User groups of the presser, where they decide: neither for who is configured by name nor for who started it. */
async function groupsOf(
  { house }: Workplace,
  { buttons, by: starter }: StoredIncident['state'],
  { token, by, groups }: Press,
): Promise<readonly string[]> {
  const means = buttons[token]?.means;
  const named = house.approval.approvers.some(({ id }) => id === by.id) || by.id === starter.id;
  return groups === undefined || named || means === undefined || !DECIDING.includes(means) ? [] : groups();
}

/** Whether a press came from where the incident lives; a token copied elsewhere means nothing. */
function isIn(place: Place, home: Place): boolean {
  return (
    place.team === home.team &&
    place.channel === home.channel &&
    (place.thread === null || place.thread === home.thread)
  );
}

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
