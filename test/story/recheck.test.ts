import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  configuredDoors,
  loadRecording,
  recordedCluster,
  recordedNodeShell,
  World,
} from '../../src/adapter/recorded/index.ts';
import { systemClock } from '../../src/cli/system.ts';
import type { Site } from '../../src/shell/index.ts';
import { MemoryThread } from '../fake/thread.ts';
import { play } from './play.ts';

/** The nodes of I1 as they were recorded: sick. */
function recorded(): Site {
  const recording = loadRecording(join(import.meta.dirname, '../../src/sandbox/recorded/i1'));
  const world = new World(recording, systemClock);
  return { cluster: recordedCluster(world), nodes: recordedNodeShell(world), doors: configuredDoors(recording) };
}

/** Repairs the node; then netdiag ends and begins anew a minute, ten minutes and an hour later. */
async function looksLater(same: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'netdiag-recheck-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const thread = new MemoryThread();
  const script = {
    node: 'ip-10-0-10-207',
    symptom: 'kubelet-unreachable',
    approve: 'B',
    journal: `sqlite:${join(folder, 'journal.db')}`,
  };
  const site = recorded();
  let { state } = await play(script, site, { thread });
  expect(state).toMatchObject({ outcome: 'repaired', rechecks: [] });
  const said = thread.shown.length;
  const later = same ? site : recorded();
  for (const minutes of [1, 10, 60]) {
    const clock = { ...systemClock, now: () => systemClock.now() + minutes * 60_000 };
    ({ state } = await play({ ...script, resume: state.id }, later, { thread, clock }));
  }
  return { state, said: thread.shown.slice(said).map(({ slot }) => slot) };
}

test('a repaired node is looked at again after 1, 10 and 60 minutes by a netdiag that began then; well, it says nothing', async () => {
  const { state, said } = await looksLater(true);
  expect(state.rechecks.map(({ good }) => good)).toEqual([true, true, true]);
  const minutes = state.rechecks.map(({ at }) => Math.round((at - (state.change?.until ?? 0)) / 60_000));
  expect(minutes).toEqual([1, 10, 60]);
  expect(said).toEqual([]);
});

test('a node that is sick again is told of once', async () => {
  const { state, said } = await looksLater(false);
  expect(state.rechecks.map(({ good }) => good)).toEqual([false, false, false]);
  expect(state.troubles).toEqual([
    expect.stringMatching(/^1 minute after the repair I looked again, and it is not well/),
  ]);
  expect(said.filter((slot) => slot.startsWith('trouble'))).toHaveLength(1);
});
