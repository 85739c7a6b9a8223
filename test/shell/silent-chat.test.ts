import { expect, test } from 'vitest';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { systemClock, systemIds } from '../../src/cli/system.ts';
import type { IncidentState, MessageRef } from '../../src/model/index.ts';
import type { Reached } from '../../src/port.ts';
import { desk, startWorker } from '../../src/shell/index.ts';
import { fakeCluster, nodeNamed } from '../fake/cluster.ts';
import { fakeJournal } from '../fake/journal.ts';
import { MemoryThread } from '../fake/thread.ts';

const NODES = Array.from({ length: 24 }, (_, index) => nodeNamed(`node-${index}`, `10.0.10.${index + 1}`));
const CLOSED: Reached = { reached: false, gap: 'unreachable', sentence: 'No door opened.', tried: [] };

/** A chat that takes a message and does not answer. */
class SilentThread extends MemoryThread {
  readonly back = Promise.withResolvers<MessageRef>();
  override show(): Promise<MessageRef> {
    return this.back.promise;
  }
}

test('incidents proceed while the chat answers none of their messages', async () => {
  const thread = new SilentThread();
  const ended = new Set<string>();
  const all = Promise.withResolvers<void>();
  const written = ({ node, outcome }: IncidentState): void => {
    if (outcome !== null) ended.add(node);
    if (ended.size === NODES.length) all.resolve();
  };
  const workplace = {
    journal: fakeJournal(),
    thread,
    clock: systemClock,
    ids: systemIds,
    house: buildHouse(PLAYBOOKS, { approvers: [], expiresMs: 1000 }),
    sites: [{ cluster: fakeCluster({ nodes: NODES }), nodes: { open: () => Promise.resolve(CLOSED) }, doors: {} }],
    log: () => undefined,
    written,
  };
  const worker = startWorker(workplace);
  const counter = desk(workplace, { starters: [], channels: [] }, () => worker.nudge());
  for (const { name } of NODES) {
    const by = { id: 'UONCALL', name: 'on-call' };
    const place = { team: 'T', channel: 'C', thread: null };
    expect(await counter.start({ key: name, node: name, by, place })).toBe(null);
  }
  await all.promise;
  thread.back.reject(new Error('the chat is down'));
  await worker.stop();
  expect(ended.size).toBe(NODES.length);
});
