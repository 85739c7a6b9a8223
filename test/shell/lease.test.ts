import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { systemClock, systemIds } from '../../src/cli/system.ts';
import type { Message, MessageRef, Place } from '../../src/model/index.ts';
import type { Reached } from '../../src/port.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import { fakeCluster, nodeNamed } from '../fake/cluster.ts';
import { fakeJournal } from '../fake/journal.ts';
import { MemoryThread } from '../fake/thread.ts';

const LEASE_MS = 40;
const by = { id: 'UONCALL', name: 'on-call' };
const CLOSED: Reached = { reached: false, gap: 'unreachable', sentence: 'No door opened.', tried: [] };
const place = { team: 'T', channel: 'C', thread: null };

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

test('a message that waits for its turn longer than a lease lasts is posted once', async () => {
  const thread = new SlowThread();
  const workplace = {
    journal: fakeJournal(),
    thread,
    clock: systemClock,
    ids: systemIds,
    house: buildHouse(PLAYBOOKS, { approvers: [], expiresMs: 1000 }),
    sites: [
      {
        cluster: fakeCluster({ nodes: [nodeNamed('ip-10-0-10-207', '10.0.10.207')] }),
        nodes: { open: () => Promise.resolve(CLOSED) },
        doors: {},
      },
    ],
    log: () => undefined,
  };
  const worker = startWorker(workplace, { leaseMs: LEASE_MS });
  const counter = desk(workplace, { starters: [], channels: [] }, () => worker.nudge());
  expect(await counter.start({ key: 'c', node: 'ip-10-0-10-207', by, place })).toBe(null);
  await thread.posting.promise;
  await pause(LEASE_MS * 5);
  thread.free.resolve();
  await worker.drain();
  await worker.stop();

  const posts = thread.shown
    .filter(({ slot, previous }) => slot !== 'live' && previous === null)
    .map(({ slot }) => slot);
  expect(posts.length).toBeGreaterThan(2);
  expect(posts.toSorted()).toEqual([...new Set(posts)].toSorted());
});
