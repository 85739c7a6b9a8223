import { describe, expect, test } from 'vitest';
import type { Happening, IncidentState } from '../../src/model/index.ts';
import { desk } from '../../src/shell/index.ts';
import { START_LIMITS } from '../../src/shell/index.ts';
import type { DeskPolicy } from '../../src/shell/index.ts';
import { fakeCluster, nodeNamed } from '../fake/cluster.ts';
import { ON_CALL, SECOND, STRANGER, THIRD } from '../fake/house.ts';
import { mended } from '../incident/cluster-tale.ts';
import { i1Known, Tale } from '../incident/tale.ts';
import { bench, type Bench } from './workplace.ts';

const NODE = 'ip-10-0-10-207';
const PLACE = { team: 'T1', channel: 'C1', thread: null };

interface Counter extends Bench {
  readonly desk: ReturnType<typeof desk>;
  nudges(): number;
  incidents(): Promise<readonly IncidentState[]>;
}

function counter(policy: Partial<DeskPolicy> = {}, made = bench()): Counter {
  let nudges = 0;
  return {
    ...made,
    desk: desk(made.workplace, { starters: [], channels: [], ...policy }, () => (nudges += 1)),
    nudges: () => nudges,
    incidents: async () => (await made.journal.open()).map(({ state }) => state),
  };
}

const start = (from: Counter, change: Partial<Parameters<Counter['desk']['start']>[0]> = {}): Promise<string | null> =>
  from.desk.start({ key: 'k1', node: NODE, by: ON_CALL, place: PLACE, ...change });

describe('starting', () => {
  test('opens an incident, wakes the worker and leaves the talking to the thread', async () => {
    const at = counter();
    expect(await start(at)).toBeNull();
    expect(await at.incidents()).toMatchObject([{ node: NODE, cluster: 'prod-east', by: ON_CALL, life: 'opened' }]);
    expect(at.nudges()).toBe(1);
  });

  test('takes a symptom along', async () => {
    const at = counter();
    await start(at, { symptom: 'kubelet' });
    expect(await at.incidents()).toMatchObject([{ symptom: 'kubelet' }]);
  });

  test('a node that is not known gets the nearest names, and nothing is started', async () => {
    const at = counter();
    expect(await start(at, { node: 'ip-10-0-10-270' })).toMatch(
      /^No node of prod-east is called that\. Did you mean ip-10-0-10-207\b.*\?$/,
    );
    expect(await at.incidents()).toEqual([]);
    expect(at.nudges()).toBe(0);
  });

  test.each(['', '$(id)', '--help', '__proto__', 'constructor', 'x'.repeat(10_000)])(
    'a node called %s is not known, and that is all',
    async (node) => {
      expect(await start(counter(), { node })).toBe(
        'No node of prod-east is called that. There are 3 nodes, none with a name like it.',
      );
    },
  );

  test('a cluster that does not answer is said, and nothing is started', async () => {
    const at = counter();
    at.cluster.fail('nodes', 'denied', 'The API server answers 403 to "list nodes".');
    expect(await start(at)).toBe('The API server answers 403 to "list nodes". Nothing was started.');
    at.cluster.heal();
    expect(await start(at)).toBeNull();
  });

  test('a node of the second cluster is found although the first is silent', async () => {
    const made = bench();
    const other = fakeCluster({ name: 'prod-west', nodes: [nodeNamed('west-1', '10.1.0.1')] });
    made.cluster.fail('nodes', 'timed-out', 'The API server is silent.');
    const sites = [...made.workplace.sites, { cluster: other, nodes: made.nodes, doors: {} }];
    const at = counter({}, { ...made, workplace: { ...made.workplace, sites } });
    expect(await start(at, { node: 'west-1' })).toBeNull();
    expect(await at.incidents()).toMatchObject([{ cluster: 'prod-west' }]);
    expect(await start(at, { node: 'east-1', key: 'k2' })).toBe('The API server is silent. Nothing was started.');
  });

  test('only starters start, where there are any', async () => {
    const at = counter({ starters: [SECOND.id] });
    expect(await start(at)).toMatch(/^You may not start/);
    expect(await start(at, { by: SECOND })).toBeNull();
  });

  test('only in the configured channels, where there are any', async () => {
    const at = counter({ channels: ['C2'] });
    expect(await start(at)).toMatch(/not started in this channel/);
    expect(await start(at, { place: { ...PLACE, channel: 'C2' } })).toBeNull();
  });

  test('whoever may not start learns nothing of the cluster', async () => {
    const at = counter({ starters: [SECOND.id] });
    await start(at, { node: 'nowhere' });
    expect(at.cluster.asked).toEqual([]);
  });

  test('a second person is sent to the thread that runs', async () => {
    const at = counter();
    await start(at);
    expect(await start(at, { key: 'k2', by: SECOND })).toBe(
      `${NODE} is being looked at already, started by on-call: see its thread.`,
    );
    expect(await at.incidents()).toHaveLength(1);
  });

  test('the same command delivered twice is one incident, and says nothing', async () => {
    const at = counter();
    expect([await start(at), await start(at)]).toEqual([null, null]);
    expect(await at.incidents()).toHaveLength(1);
  });

  test('the same command delivered again after the end starts nothing', async () => {
    const at = counter();
    await start(at);
    const [stored] = await at.journal.open();
    if (stored === undefined) throw new Error('no incident');
    await at.journal.advance({
      incident: stored.incident,
      from: stored.version,
      event: { is: 'woken', name: 'x', at: 1, seed: '0' },
      state: { ...stored.state, life: 'closed', outcome: 'nothing-found' },
      effects: [],
      audit: [],
    });
    expect(await start(at)).toBeNull();
    expect(await at.incidents()).toEqual([]);
  });

  test('two people at the same moment start one incident', async () => {
    const at = counter();
    const told = await Promise.all([start(at, { key: 'k1' }), start(at, { key: 'k2', by: SECOND })]);
    expect(await at.incidents()).toHaveLength(1);
    expect(told.filter((sentence) => sentence === null)).toHaveLength(1);
    expect(told.join('')).toContain('is being looked at already');
  });

  test('two nodes at the same moment are two incidents', async () => {
    const at = counter();
    await Promise.all([start(at, { key: 'k1' }), start(at, { key: 'k2', node: 'ip-10-0-10-115' })]);
    expect(await at.incidents()).toHaveLength(2);
  });

  test('a start that fails by surprise does not keep the next one waiting', async () => {
    const at = counter(
      {},
      bench({
        journal: (journal) => {
          let calls = 0;
          return { ...journal, open: () => (calls++ === 0 ? Promise.reject(new Error('disk full')) : journal.open()) };
        },
      }),
    );
    await expect(start(at)).rejects.toThrow('disk full');
    expect(await start(at)).toBeNull();
  });
});

describe('pressing', () => {
  const opened = async (): Promise<{ readonly at: Counter; readonly token: string }> => {
    const at = counter();
    await start(at);
    const [state] = await at.incidents();
    return { at, token: state?.questions[0]?.buttons[0]?.token ?? '' };
  };

  test('takes the press into its incident and wakes the worker', async () => {
    const { at, token } = await opened();
    expect(await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE })).toBeNull();
    expect(await at.incidents()).toMatchObject([{ symptom: 'kubelet', userAnswers: [{ by: SECOND }] }]);
    expect(at.nudges()).toBe(2);
  });

  test('the same press delivered twice counts once', async () => {
    const { at, token } = await opened();
    const press = () => at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE });
    expect([await press(), await press()]).toEqual([null, null]);
    const [incident] = await at.journal.open();
    expect((await at.journal.events(incident?.incident ?? '')).filter(({ is }) => is === 'pressed')).toHaveLength(1);
  });

  test('carries a reason along', async () => {
    const { at, token } = await opened();
    await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE, reason: 'later' });
    const [incident] = await at.journal.open();
    expect((await at.journal.events(incident?.incident ?? '')).at(-1)).toMatchObject({ reason: 'later' });
  });

  test.each(['', 'constructor', '__proto__', 'f'.repeat(32)])(
    'a button %j that nobody made is refused',
    async (token) => {
      const { at } = await opened();
      expect(await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE })).toContain('nothing was done');
      expect(at.nudges()).toBe(1);
    },
  );

  test.each([
    ['another workspace', { ...PLACE, team: 'T2' }],
    ['another channel', { ...PLACE, channel: 'C2' }],
    ['another thread', { ...PLACE, thread: 'C1/9.9' }],
  ])('a button that was carried to %s is refused', async (_, place) => {
    const { at, token } = await opened();
    expect(await at.desk.press({ key: 'p1', token, by: SECOND, place })).toContain('nothing was done');
    expect(await at.incidents()).toMatchObject([{ symptom: null }]);
  });

  test('a button of an incident that is over is refused', async () => {
    const { at, token } = await opened();
    const [stored] = await at.journal.open();
    if (stored === undefined) throw new Error('no incident');
    await at.journal.advance({
      incident: stored.incident,
      from: stored.version,
      event: { is: 'woken', name: 'x', at: 1, seed: '0' },
      state: { ...stored.state, life: 'closed', outcome: 'aborted' },
      effects: [],
      audit: [],
    });
    expect(await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE })).toMatch(/^This incident is over/);
  });

  test('a button of an incident that is over is no event of it', async () => {
    const { at, token } = await opened();
    const incident = await closing(at, { outcome: 'aborted' });
    await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE });
    expect((await at.journal.events(incident)).map(({ is }) => is)).toEqual(['opened', 'woken']);
    expect(at.nudges()).toBe(1);
  });
});

/** Closes the open incident as what `change` says. Gives its id. */
async function closing(at: Counter, change: Partial<IncidentState>): Promise<string> {
  const [stored] = await at.journal.open();
  if (stored === undefined) throw new Error('no incident');
  await at.journal.advance({
    incident: stored.incident,
    from: stored.version,
    event: { is: 'woken', name: 'x', at: 1, seed: '0' },
    state: { ...stored.state, life: 'closed', outcome: 'repaired', ...change },
    effects: [],
    audit: [],
  });
  return stored.incident;
}

describe('a button below the other nodes', () => {
  const TOKEN = 'a'.repeat(32);
  const swept = async (policy: Partial<DeskPolicy> = {}): Promise<Counter> => {
    const at = counter(policy);
    await start(at);
    await closing(at, { buttons: { [TOKEN]: { means: 'start', node: 'ip-10-0-10-115' } } });
    return at;
  };
  const press = (at: Counter, change: Partial<Parameters<Counter['desk']['press']>[0]> = {}): Promise<string | null> =>
    at.desk.press({ key: 'p1', token: TOKEN, by: SECOND, place: { ...PLACE, thread: null }, ...change });

  test('starts a diagnosis of that node, by whoever pressed, beside the thread', async () => {
    const at = await swept();
    expect(await press(at)).toBeNull();
    expect(await at.incidents()).toMatchObject([{ node: 'ip-10-0-10-115', by: SECOND, place: { thread: null } }]);
  });

  test('the same press delivered twice starts one, also after its end', async () => {
    const at = await swept();
    expect([await press(at), await press(at)]).toEqual([null, null]);
    expect(await at.incidents()).toHaveLength(1);
    await closing(at, {});
    expect(await press(at)).toBeNull();
    expect(await at.incidents()).toEqual([]);
  });

  test('pressed by two people starts one, and sends the second to its thread', async () => {
    const at = await swept();
    const told = await Promise.all([press(at), press(at, { key: 'p2', by: ON_CALL })]);
    expect(await at.incidents()).toHaveLength(1);
    expect(told.join('')).toContain('is being looked at already');
  });

  test('pressed again once that is over starts another one', async () => {
    const at = await swept();
    await press(at);
    await closing(at, {});
    expect(await press(at, { key: 'p2' })).toBeNull();
    expect(await at.incidents()).toHaveLength(1);
  });

  test('is for starters only, where there are any', async () => {
    const at = await swept({ starters: [ON_CALL.id] });
    expect(await press(at)).toMatch(/^You may not start/);
    expect(await at.incidents()).toEqual([]);
  });

  test('of a node that has left the cluster starts nothing', async () => {
    const at = await swept();
    at.cluster.become({ nodes: [] });
    expect(await press(at)).toMatch(/^No node of prod-east is called that/);
  });

  test('carried elsewhere is refused', async () => {
    const at = await swept();
    expect(await press(at, { place: { ...PLACE, channel: 'C2' } })).toContain('nothing was done');
    expect(await at.incidents()).toEqual([]);
  });
});

describe('the button that makes a repair last', () => {
  /** An incident that ended repaired, with a lasting form that nobody has decided about. */
  const repaired = async (): Promise<{ readonly at: Counter; readonly token: string; readonly incident: string }> => {
    const at = counter();
    await start(at);
    const { state } = mended();
    const token = state.offers.at(-1)?.tokens.offer ?? '';
    const [stored] = await at.journal.open();
    if (stored === undefined) throw new Error('no incident');
    const { id, place } = stored.state;
    return { at, token, incident: await closing(at, { ...state, id, place }) };
  };

  test('opens the closed incident again', async () => {
    const { at, token, incident } = await repaired();
    at.clock.pass(mended().now - at.clock.now());
    expect(await at.desk.press({ key: 'p1', token, by: ON_CALL, place: PLACE })).toBeNull();
    expect(await at.incidents()).toMatchObject([{ id: incident, life: 'proposing', outcome: null }]);
    expect(await start(at, { key: 'k2' })).toContain('is being looked at already');
  });

  test('is refused while the node is being looked at anew', async () => {
    const { at, token } = await repaired();
    await start(at, { key: 'k2', by: SECOND });
    expect(await at.desk.press({ key: 'p1', token, by: ON_CALL, place: PLACE })).toBe(
      `${NODE} is being looked at now, started by second: press again when that is over.`,
    );
    expect(await at.incidents()).toHaveLength(1);
    expect(await at.incidents()).toMatchObject([{ by: SECOND }]);
  });

  test('beside a new start at the same moment: one of both', async () => {
    const { at, token } = await repaired();
    at.clock.pass(mended().now - at.clock.now());
    await Promise.all([
      at.desk.press({ key: 'p1', token, by: ON_CALL, place: PLACE }),
      start(at, { key: 'k2', by: SECOND }),
    ]);
    expect(await at.incidents()).toHaveLength(1);
  });

  const lookAgain = async (
    policy: Partial<DeskPolicy> = {},
  ): Promise<{ readonly at: Counter; readonly token: string }> => {
    const at = counter(policy);
    await start(at);
    const token = 'b'.repeat(32);
    await closing(at, { outcome: 'aborted', buttons: { [token]: { means: 'reopen' } } });
    return { at, token };
  };

  test('and the one to look again open a closed incident as well', async () => {
    const { at, token } = await lookAgain();
    expect(await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE })).toBeNull();
    expect(await at.incidents()).toMatchObject([{ life: 'opened', outcome: null }]);
  });

  test('the one for the post-mortem leaves it closed, whoever presses', async () => {
    const at = counter({ starters: [ON_CALL.id] });
    await start(at);
    const token = 'c'.repeat(32);
    await closing(at, { outcome: 'aborted', buttons: { [token]: { means: 'post-mortem' } } });
    expect(await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE })).toBeNull();
    expect(await at.incidents()).toEqual([]);
    const leased = await at.journal.lease('worker', at.clock.now(), 1000, 100);
    expect(leased.map(({ effect }) => effect)).toContainEqual(
      expect.objectContaining({ do: 'export', as: 'markdown' }),
    );
  });

  test('and the one to look again are for starters only, where it starts a diagnosis', async () => {
    const { at, token } = await lookAgain({ starters: [ON_CALL.id] });
    expect(await at.desk.press({ key: 'p1', token, by: SECOND, place: PLACE })).toMatch(/^You may not start/);
    expect(await at.incidents()).toEqual([]);
  });

  test('delivered twice opens it once', async () => {
    const { at, token, incident } = await repaired();
    const press = () => at.desk.press({ key: 'p1', token, by: ON_CALL, place: PLACE });
    await press();
    await press();
    expect((await at.journal.events(incident)).filter(({ is }) => is === 'pressed')).toHaveLength(1);
  });
});

/** One incident among others: its tokens are its own. */
class Salted extends Tale {
  salt = '';

  override take(happening: Happening): this {
    const stamped = { ...happening, seed: `${this.salt} ${this.events.length}` };
    return super.take(stamped);
  }
}

function proposing(salt = ''): Tale {
  const tale = new Salted();
  tale.salt = salt;
  return tale.open().thread().locate().answer('symptom', 'kubelet').look(i1Known(true)).watch();
}

describe('T4: a press that is not what it says', () => {
  /** Two incidents whose first plans wait, each with its card and its finding in the chat. */
  const two = async (): Promise<{ readonly at: Counter; readonly states: readonly IncidentState[] }> => {
    const at = counter();
    const states: IncidentState[] = [];
    for (const [n, node] of [NODE, 'ip-10-0-10-115'].entries()) {
      await start(at, { key: `k${n}`, node });
      const stored = (await at.journal.open()).find(({ state }) => state.node === node);
      if (stored === undefined) throw new Error('no incident');
      const tale = proposing(`salt ${n}`);
      const ref = { ref: `C1:${n}.5` };
      const slots = Object.entries(tale.state.telling).map(([slot, one]) => [slot, { ...one, ref: `C1:${n}.1` }]);
      const card = `approval ${tale.offer().plan.id}`;
      const telling = { ...Object.fromEntries(slots), [card]: { ...tale.state.telling[card], ...ref } };
      const state = { ...tale.state, id: stored.incident, node, place: { ...PLACE, thread: `C1:${n}.0` }, telling };
      await put(at, stored.incident, state);
      states.push(state);
    }
    return { at, states };
  };
  const put = async (at: Counter, incident: string, state: IncidentState): Promise<void> => {
    const from = (await at.journal.load(incident))?.version ?? 0;
    const event = { is: 'woken', name: 'nothing', at: at.clock.now(), seed: 's' } as const;
    await at.journal.advance({ incident, from, event, state, effects: [], audit: [] });
  };
  const consents = async (at: Counter): Promise<number> =>
    (await at.incidents()).flatMap(({ offers }) => offers).flatMap((offer) => offer.consents).length;

  test('T4: the true press counts', async () => {
    const { at, states } = await two();
    const [state] = states;
    at.clock.pass(proposing().now - at.clock.now());
    const token = state?.offers[0]?.tokens.approve ?? '';
    const place = { ...PLACE, thread: 'C1:0.0' };
    expect(await at.desk.press({ key: 'p', token, by: SECOND, place, message: 'C1:0.5' })).toBeNull();
    expect(await consents(at)).toBe(1);
  });

  test.each<[string, (own: string, other: string) => Partial<Parameters<Counter['desk']['press']>[0]>]>([
    ['with an altered value', (own) => ({ token: `0${own.slice(1)}` })],
    ['with a value that is no token', () => ({ token: '__proto__' })],
    ['with the value of the other incident, on this card', (_, other) => ({ token: other })],
    ['from another channel', () => ({ place: { ...PLACE, channel: 'C2', thread: 'C1:0.0' } })],
    ['from another workspace', () => ({ place: { ...PLACE, team: 'T2', thread: 'C1:0.0' } })],
    ['from another thread', () => ({ place: { ...PLACE, thread: 'C1:1.0' } })],
    ['from another message of the same thread', () => ({ message: 'C1:0.1' })],
    ['from a message that netdiag never posted', () => ({ message: 'C1:9.9' })],
  ])('T4: %s is refused, and the audit has it', async (_, change) => {
    const { at, states } = await two();
    at.clock.pass(proposing().now - at.clock.now());
    const [own = '', other = ''] = states.map(({ offers }) => offers[0]?.tokens.approve);
    const press = { key: 'p', token: own, by: SECOND, place: { ...PLACE, thread: 'C1:0.0' }, message: 'C1:0.5' };
    expect(await at.desk.press({ ...press, ...change(own, other) })).toContain('nothing was done');
    expect(await consents(at)).toBe(0);
    const rows = await Promise.all([...states.map(({ id }) => id), 'T1 C1'].map((id) => at.journal.audit(id)));
    expect(rows.flat().filter(({ what, by }) => what === 'refused' && by === SECOND.id)).toHaveLength(1);
  });
});

describe('how often somebody may start', () => {
  const limits = { person: 2, channel: 3 };
  const node = (n: number): string => ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-10-69'][n % 3] ?? '';

  test('is limited for each person, and says when to try again', async () => {
    const at = counter({ limits });
    await start(at, { key: 'a', node: node(0) });
    at.clock.pass(20_000);
    await start(at, { key: 'b', node: node(1) });
    expect(await start(at, { key: 'c', node: node(2) })).toBe(
      'You have asked for 2 diagnoses within a minute: try again in 40 s.',
    );
    expect(await start(at, { key: 'd', node: node(2), by: SECOND })).toBeNull();
    expect(await at.incidents()).toHaveLength(3);
  });

  test('is limited for each channel, and after a minute it is over', async () => {
    const at = counter({ limits });
    for (const [n, by] of [ON_CALL, SECOND, THIRD].entries()) await start(at, { key: `k${n}`, node: node(n), by });
    expect(await start(at, { key: 'x', by: STRANGER })).toMatch(/^In this channel 3 diagnoses .* try again in 60 s\.$/);
    expect(await start(at, { key: 'y', by: STRANGER, place: { ...PLACE, channel: 'C2' } })).toContain('already');
    at.clock.pass(60_000);
    expect(await start(at, { key: 'z', by: STRANGER })).toContain('is being looked at already');
  });

  test('T36: 1,000 commands of 50 people in a minute begin at most one diagnosis a node, and everybody is answered', async () => {
    const names = Array.from({ length: 100 }, (_, n) => nodeNamed(`node-${n}`, `10.1.0.${n}`));
    const cluster = fakeCluster({ name: 'prod-east', nodes: names });
    const at = counter({ limits: START_LIMITS }, bench({ cluster }));
    const answers: (string | null)[] = [];
    for (let n = 0; n < 1000; n += 1) {
      const by = { id: `U${n % 50}`, name: `person ${n % 50}` };
      const place = { ...PLACE, channel: `C${n % 7}` };
      answers.push(await start(at, { key: `k${n}`, node: `node-${(n * 7) % 100}`, by, place }));
      at.clock.pass(60);
    }
    const open = await at.incidents();
    expect(new Set(open.map(({ node: one }) => one)).size).toBe(open.length);
    const begun = answers.filter((answer) => answer === null).length;
    expect(begun).toBe(open.length);
    const per = (of: (state: IncidentState) => string): number =>
      Math.max(...Object.values(Object.groupBy(open, of)).map((each) => each?.length ?? 0));
    expect(per(({ by }) => by.id)).toBeLessThanOrEqual(START_LIMITS.person);
    expect(per(({ place }) => place.channel)).toBeLessThanOrEqual(START_LIMITS.channel);
    const told = answers.filter((answer) => answer !== null);
    expect(told.every((answer) => /try again in \d+ s\.$|being looked at already/.test(answer))).toBe(true);
    expect(begun).toBeGreaterThan(20);
  });
});
