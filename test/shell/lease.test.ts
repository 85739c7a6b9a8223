import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { systemClock, systemIds } from '../../src/cli/system.ts';
import type { Message, MessageRef, Place } from '../../src/model/index.ts';
import type { Clock, Journal, Reached } from '../../src/port.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import type { Worker, Workplace } from '../../src/shell/index.ts';
import { fakeCluster, nodeNamed } from '../fake/cluster.ts';
import { fakeJournal } from '../fake/journal.ts';
import { MemoryThread } from '../fake/thread.ts';

const LEASE_MS = 40;
const by = { id: 'UONCALL', name: 'on-call' };
const CLOSED: Reached = { reached: false, gap: 'unreachable', sentence: 'No door opened.', tried: [] };
const CHANNEL = { team: 'T', channel: 'C', thread: null };

/** A chat whose first message in the thread takes as long as the test wants. */
class SlowThread extends MemoryThread {
  readonly posting = Promise.withResolvers<void>();
  readonly free = Promise.withResolvers<void>();

  override async show(at: Place, slot: string, message: Message, previous: MessageRef | null): Promise<MessageRef> {
    if (slot !== 'live') {
      this.posting.resolve();
      await this.free.promise;
    }
    return super.show(at, slot, message, previous);
  }
}

/** A site whose only node opens no door, so that every incident ends soon. */
const site = {
  cluster: fakeCluster({ nodes: [nodeNamed('ip-10-0-10-207', '10.0.10.207')] }),
  nodes: { open: () => Promise.resolve(CLOSED) },
  doors: {},
};

function workplace(change: Partial<Workplace>): Workplace {
  const house = buildHouse(PLAYBOOKS, { approvers: [], expiresMs: 1000 });
  return {
    journal: fakeJournal(),
    thread: new MemoryThread(),
    clock: systemClock,
    ids: systemIds,
    house,
    sites: [site],
    log: () => undefined,
    ...change,
  };
}

/** Messages of the thread that were posted anew. */
function posts({ shown }: MemoryThread): string[] {
  return shown.filter(({ slot, previous }) => slot !== 'live' && previous === null).map(({ slot }) => slot);
}

async function begin(place: Workplace): Promise<Worker> {
  const worker = startWorker(place, { leaseMs: LEASE_MS });
  const counter = desk(place, { starters: [], channels: [] }, () => worker.nudge());
  expect(await counter.start({ key: 'c', node: 'ip-10-0-10-207', by, place: CHANNEL })).toBe(null);
  return worker;
}

test('a message that waits for its turn longer than a lease lasts is posted once', async () => {
  const thread = new SlowThread();
  const worker = await begin(workplace({ thread }));
  await thread.posting.promise;
  await pause(LEASE_MS * 5);
  thread.free.resolve();
  await worker.drain();
  await worker.stop();

  expect(posts(thread).length).toBeGreaterThan(2);
  expect(posts(thread)).toEqual([...new Set(posts(thread))]);
});

test('a process that slept past its leases goes on with what it began, and records it', async () => {
  const journal = fakeJournal();
  const [looking, free, again] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  let [slept, opened] = [0, 0];
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + slept };
  const open = async (): Promise<Reached> => {
    opened += 1;
    looking?.resolve();
    await free?.promise;
    return CLOSED;
  };
  const watched: Journal = {
    ...journal,
    lease: async (...given) => {
      const leased = await journal.lease(...given);
      if (leased.some(({ attempt, effect }) => attempt > 1 && effect.do === 'survey')) again?.resolve();
      return leased;
    },
  };
  const thread = new MemoryThread();
  const worker = await begin(workplace({ thread, clock, journal: watched, sites: [{ ...site, nodes: { open } }] }));
  await looking?.promise;
  slept = 3_600_000;
  worker.nudge();
  await again?.promise;
  free?.resolve();
  await worker.drain();
  await worker.stop();

  expect(opened).toBe(1);
  expect(thread.now('summary')).toMatchObject({ outcome: 'unknown' });
  expect(posts(thread)).toEqual([...new Set(posts(thread))]);
});
