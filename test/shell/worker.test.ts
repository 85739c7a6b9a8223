import { afterEach, describe, expect, test } from 'vitest';
import type { Effect, IncidentState, Message, MessageRef, Person, Place } from '../../src/model/index.ts';
import type { Journal } from '../../src/port.ts';
import { JournalError } from '../../src/port.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import type { Worker } from '../../src/shell/index.ts';
import { fakeCluster, podNamed } from '../fake/cluster.ts';
import { ON_CALL } from '../fake/house.ts';
import { CNI } from '../fake/scene.ts';
import { MemoryThread } from '../fake/thread.ts';
import { begun as stepping } from '../incident/cluster-tale.ts';
import { bench, type Bench, NODES } from './workplace.ts';

const NODE = 'ip-10-0-10-207';
const PLACE = { team: 'T1', channel: 'C1', thread: null };

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
});

/** A bench at work on one incident. Ends with the test. */
async function begun(made: Bench): Promise<{ readonly at: Bench; readonly worker: Worker; readonly incident: string }> {
  const worker = startWorker(made.workplace);
  workers.push(worker);
  const counter = desk(made.workplace, { starters: [], channels: [] }, () => worker.nudge());
  expect(await counter.start({ key: 'k', node: NODE, by: ON_CALL, place: PLACE })).toBeNull();
  const [open] = await made.journal.open();
  if (open === undefined) throw new Error('no incident');
  return { at: made, worker, incident: open.incident };
}

const stateOf = async ({ journal }: Bench, incident: string): Promise<IncidentState> => {
  const stored = await journal.load(incident);
  if (stored === null) throw new Error('no incident');
  return stored.state;
};

/** Goes on once `true` is seen in a state that was written. */
function seen(): {
  readonly written: (state: IncidentState) => void;
  until(what: (state: IncidentState) => boolean): Promise<IncidentState>;
} {
  const waiting: { readonly what: (state: IncidentState) => boolean; readonly go: (state: IncidentState) => void }[] =
    [];
  let last: IncidentState | null = null;
  return {
    written(state) {
      last = state;
      for (const one of waiting) if (one.what(state)) one.go(state);
    },
    until: (what) =>
      new Promise((go) => {
        if (last !== null && what(last)) go(last);
        else waiting.push({ what, go });
      }),
  };
}

describe('the worker', () => {
  test('takes an incident from the command to its thread, its nodes and its question', async () => {
    const { at, worker, incident } = await begun(bench());
    await worker.drain();
    const state = await stateOf(at, incident);
    expect(state.life).toBe('diagnosing');
    expect(state.place.thread).toBe(state.telling['live']?.ref);
    expect(state.looks.map((look) => look.state)).toEqual(['done', 'done']);
    expect(at.thread.now('question symptom')).toMatchObject({ is: 'question' });
    expect(at.said).toEqual([]);
  });

  test('posts the live message first, and each other one into its thread', async () => {
    const { at, worker } = await begun(bench());
    await worker.drain();
    expect(at.thread.shown[0]).toMatchObject({ slot: 'live', previous: null, place: { thread: null } });
    for (const { place } of at.thread.shown.slice(1)) expect(place.thread).toBe('memory:1');
  });

  test('updates a message in place, and shows the newest last', async () => {
    const { at, worker, incident } = await begun(bench());
    await worker.drain();
    const state = await stateOf(at, incident);
    const live = at.thread.shown.filter(({ slot }) => slot === 'live');
    expect(new Set(live.map(({ ref }) => ref)).size).toBe(1);
    expect(at.thread.now('live')).toEqual(state.telling['live']?.message);
  });

  test('messages of one thread never overtake each other, nor does the live message itself', async () => {
    const speaking = new Map<string, number>();
    const overtaken: string[] = [];
    class Careful extends MemoryThread {
      override async show(place: Place, slot: string, message: Message, previous: MessageRef | null) {
        const lane = slot === 'live' ? 'live' : 'thread';
        speaking.set(lane, (speaking.get(lane) ?? 0) + 1);
        if ((speaking.get(lane) ?? 0) > 1) overtaken.push(slot);
        await new Promise<void>((resolve) => setImmediate(resolve));
        const ref = await super.show(place, slot, message, previous);
        speaking.set(lane, (speaking.get(lane) ?? 0) - 1);
        return ref;
      }
    }
    const made = bench();
    const thread = new Careful();
    const at = { ...made, thread, workplace: { ...made.workplace, thread } };
    const { worker, incident } = await begun(at);
    const counter = desk(at.workplace, { starters: [], channels: [] }, () => worker.nudge());
    const { questions } = await stateOf(at, incident);
    await counter.press({ key: 'p', token: questions[0]?.buttons[0]?.token ?? '', by: ON_CALL, place: PLACE });
    await worker.drain();
    expect(thread.shown.length).toBeGreaterThanOrEqual(4);
    expect(overtaken).toEqual([]);
  });

  test('is drained at once when there is nothing to do, again and again', async () => {
    const made = bench();
    const worker = startWorker(made.workplace);
    workers.push(worker);
    await worker.drain();
    await Promise.all([worker.drain(), worker.drain()]);
    expect(made.said).toEqual([]);
  });

  test('stopped, it takes no new work; another one goes on', async () => {
    const made = bench();
    const first = startWorker(made.workplace);
    await first.stop();
    const counter = desk(made.workplace, { starters: [], channels: [] }, () => first.nudge());
    await counter.start({ key: 'k', node: NODE, by: ON_CALL, place: PLACE });
    expect(made.thread.shown).toEqual([]);
    const second = startWorker(made.workplace);
    workers.push(second);
    await second.drain();
    expect(made.thread.now('live')).toMatchObject({ is: 'live' });
  });

  test('two workers on one journal do everything once', async () => {
    const made = bench();
    const other = startWorker({ ...made.workplace });
    workers.push(other);
    const { worker, incident } = await begun(made);
    await worker.drain();
    await other.drain();
    const events = await made.journal.events(incident);
    expect(events.filter(({ is }) => is === 'located')).toHaveLength(1);
    expect(events.filter(({ is }) => is === 'surveyed')).toHaveLength(2);
    expect(made.thread.shown.filter(({ previous, slot }) => slot === 'live' && previous === null)).toHaveLength(1);
  });
});

describe('what fails by surprise', () => {
  /** A chat that fails the first `times` times that a slot is shown, and keeps when it was asked. */
  class Failing extends MemoryThread {
    readonly at: number[] = [];
    readonly #made: Bench;
    readonly #slot: string;
    #left: number;

    constructor(made: Bench, slot: string, times: number) {
      super();
      this.#made = made;
      this.#slot = slot;
      this.#left = times;
    }

    override async show(place: Place, slot: string, message: Message, previous: MessageRef | null) {
      if (slot === this.#slot) {
        this.at.push(this.#made.clock.now());
        this.#left -= 1;
        if (this.#left >= 0) throw new Error('ratelimited');
      }
      return super.show(place, slot, message, previous);
    }
  }

  test('is tried again, with growing pauses, until it works', async () => {
    const watch = seen();
    const made = bench({ written: watch.written });
    const thread = new Failing(made, 'live', 4);
    await begun({ ...made, thread, workplace: { ...made.workplace, thread } });
    await watch.until((state) => state.place.thread !== null);
    const pauses = thread.at.slice(1, 5).map((at, index) => at - (thread.at[index] ?? 0));
    expect(pauses.length).toBe(4);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses[3]).toBeGreaterThanOrEqual(2 * (pauses[1] ?? Number.POSITIVE_INFINITY));
    expect(made.said.filter((line) => line.includes('ratelimited')).length).toBeGreaterThanOrEqual(4);
  });

  test('a cluster that never stops surprising ends the incident with its sentence', async () => {
    const watch = seen();
    const made = bench({ written: watch.written });
    // The desk asks once, then the deed asks and is surprised each time.
    let asked = 0;
    const nodes = () => ((asked += 1) === 1 ? made.cluster.nodes() : Promise.reject(new TypeError('surprised')));
    const site = { ...made.ports, cluster: { ...made.cluster, nodes } };
    await begun({ ...made, workplace: { ...made.workplace, sites: [site] } });
    const state = await watch.until(({ life }) => life === 'closed');
    expect(state.outcome).toBe('unknown');
    expect(state.troubles).toEqual(['The cluster could not be asked: surprised']);
    expect(asked).toBe(6);
  });

  test('a node shell that throws is a node that could not be looked at', async () => {
    const watch = seen();
    const made = bench({ written: watch.written });
    const site = { ...made.ports, nodes: { open: () => Promise.reject(new Error('socket bug')) } };
    await begun({ ...made, workplace: { ...made.workplace, sites: [site] } });
    const state = await watch.until(({ life }) => life === 'closed');
    expect(state.findings[0]?.code).toBe('no-door-opens');
    expect(state.findings[0]?.statement).toContain('socket bug');
  });

  test('a cluster that is not configured any more is a sentence, not a crash', async () => {
    const watch = seen();
    const made = bench({ written: watch.written });
    const { worker } = await begun(made);
    await worker.drain();
    await worker.stop();
    const [open] = await made.journal.open();
    if (open === undefined) throw new Error('no incident');
    const wake: Effect = { key: '99-locate', do: 'locate', node: NODE };
    await made.journal.advance({
      incident: open.incident,
      from: open.version,
      event: { is: 'woken', name: 'x', at: 1, seed: '0' },
      state: { ...open.state, life: 'opened' },
      effects: [wake],
      audit: [],
    });
    workers.push(startWorker({ ...made.workplace, sites: [] }));
    const state = await watch.until(({ life }) => life === 'closed');
    expect(state.troubles.join(' ')).toContain('cluster prod-east is not configured any more');
  });

  test('a whisper that cannot be delivered is given up, and the incident goes on', async () => {
    const made = bench();
    class Deaf extends MemoryThread {
      tries = 0;
      override whisper(_place: Place, _to: Person, _sentence: string): Promise<void> {
        this.tries += 1;
        return Promise.reject(new Error('user_not_in_channel'));
      }
    }
    const thread = new Deaf();
    const { worker, incident } = await begun({ ...made, thread, workplace: { ...made.workplace, thread } });
    await worker.drain();
    const counter = desk(made.workplace, { starters: [], channels: [] }, () => worker.nudge());
    const { questions } = await stateOf(made, incident);
    for (const key of ['a', 'b']) {
      await counter.press({ key, token: questions[0]?.buttons[1]?.token ?? '', by: ON_CALL, place: PLACE });
    }
    while (thread.tries < 5) await made.clock.sleep(1000);
    await worker.drain();
    expect(thread.tries).toBe(5);
    expect(await stateOf(made, incident)).toMatchObject({ symptom: 'pods', life: 'diagnosing' });
  });
});

describe('a journal that does not answer', () => {
  /** A journal whose methods fail while it is down. */
  const flaky = (): { readonly wrap: (journal: Journal) => Journal; down: boolean } => {
    const state = {
      down: false,
      wrap: (journal: Journal): Journal =>
        new Proxy(journal, {
          get: (target, name: keyof Journal) =>
            state.down ? () => Promise.reject(new JournalError('The database is locked.')) : target[name],
        }),
    };
    return state;
  };

  test('is asked again until it does, and nothing is lost', async () => {
    const journal = flaky();
    const watch = seen();
    const made = bench({ journal: journal.wrap, written: watch.written });
    const worker = startWorker(made.workplace);
    workers.push(worker);
    journal.down = true;
    await made.clock.sleep(10_000);
    expect(made.said.length).toBeGreaterThan(3);
    expect(made.said.every((line) => line === 'error The journal did not answer: The database is locked.')).toBe(true);
    journal.down = false;
    const counter = desk(made.workplace, { starters: [], channels: [] }, () => worker.nudge());
    await counter.start({ key: 'k', node: NODE, by: ON_CALL, place: PLACE });
    await worker.drain();
    expect(made.thread.now('question symptom')).toBeDefined();
  });

  test('while a message is being posted: it is posted again rather than forgotten', async () => {
    const journal = flaky();
    const watch = seen();
    const made = bench({ journal: journal.wrap, written: watch.written });
    class Cutting extends MemoryThread {
      override async show(place: Place, slot: string, message: Message, previous: MessageRef | null) {
        const ref = await super.show(place, slot, message, previous);
        if (this.shown.length === 1) {
          journal.down = true;
          void made.clock.sleep(3000).then(() => (journal.down = false));
        }
        return ref;
      }
    }
    const thread = new Cutting();
    await begun({ ...made, thread, workplace: { ...made.workplace, thread } });
    const state = await watch.until(({ place }) => place.thread !== null);
    expect(state.telling['live']?.ref).toBe(state.place.thread);
    expect(thread.shown.filter(({ slot }) => slot === 'live').length).toBeGreaterThan(1);
  });
});

describe('a lost lease', () => {
  test('has its outcome refused, and done again by whoever holds it', async () => {
    const made = bench();
    let fenced = 0;
    let stolen = false;
    const journal: Journal = {
      ...made.journal,
      advance: async (step) => {
        // Another worker takes the first survey over while this one is away with it.
        if (!stolen && step.event.is === 'surveyed') {
          stolen = true;
          await made.journal.lease('somebody else', made.clock.now() + 60_000, 1, 16);
        }
        const advanced = await made.journal.advance(step);
        if (advanced === 'fenced') fenced += 1;
        return advanced;
      },
    };
    const { worker, incident } = await begun({ ...made, journal, workplace: { ...made.workplace, journal } });
    await worker.drain();
    while ((await stateOf(made, incident)).looks.some(({ state }) => state === 'asked')) await made.clock.sleep(5000);
    expect(fenced).toBeGreaterThan(0);
    const surveys = (await made.journal.events(incident)).filter(({ is }) => is === 'surveyed');
    expect(surveys).toHaveLength(2);
  });
});

describe('a Kubernetes step', () => {
  test('outlasts an API server that is away for minutes, and is done once', async () => {
    const workload = { uid: 'ds-1', generation: 4, updateStrategy: 'OnDelete' } as const;
    const cluster = fakeCluster({
      name: 'prod-east',
      nodes: NODES,
      pods: [
        podNamed('agent', NODE, '10.0.10.207', { namespace: 'kube-system', owner: 'DaemonSet/aws-node', uid: 'old' }),
      ],
      cni: { ...CNI, daemonSet: 'kube-system/aws-node', container: 'aws-node', workload },
    });
    const identity = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };
    const watched = seen();
    const made = bench({ cluster, nodes: { [NODE]: { identity } }, written: watched.written });
    const tale = stepping();
    made.clock.pass(tale.now - made.clock.now());
    cluster.fail('patch', 'unreachable', 'The API server is away.', 8);
    await made.journal.advance({
      incident: tale.state.id,
      from: 0,
      event: { is: 'woken', name: 'x', at: 1, seed: '0' },
      state: tale.state,
      effects: tale.wanted.filter((effect) => effect.do === 'prepare'),
      audit: [],
    });
    workers.push(startWorker(made.workplace));
    const state = await watched.until(({ change }) => change?.entry?.state === 'applied');
    expect(state.troubles).toEqual([]);
    expect(cluster.asked.filter((line) => line.startsWith('deletePod'))).toHaveLength(1);
    expect((await cluster.cni()).workload?.generation).toBe(5);
  });
});
