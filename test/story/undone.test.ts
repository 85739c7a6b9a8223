import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  configuredDoors,
  loadRecording,
  recordedCluster,
  recordedNodeShell,
  World,
} from '../../src/adapter/recorded/index.ts';
import { systemClock } from '../../src/cli/system.ts';
import type { Clock } from '../../src/port.ts';
import type { Site } from '../../src/shell/index.ts';
import { play } from './play.ts';

/** A minute is over in three seconds. */
const began = systemClock.now();
const FASTER = 20;
const clock: Clock = {
  now: () => began + (systemClock.now() - began) * FASTER,
  sleep: (ms, signal) => systemClock.sleep(ms / FASTER, signal),
};

function recordedSite(name: string): Site {
  const recording = loadRecording(join(import.meta.dirname, '../../src/sandbox/recorded', name));
  const world = new World(recording, clock);
  return { cluster: recordedCluster(world), nodes: recordedNodeShell(world), doors: configuredDoors(recording) };
}

describe('what was repaired in the practice workspace is undone', { timeout: 60_000 }, () => {
  test.each([
    ['i1', 'ip-10-0-10-207', 'kubelet-unreachable', 'A', 1],
    ['i3', 'dev-slave-110', 'pods-unreachable', 'A', 2],
    ['i4', 'ip-172-31-53-61', 'connections-time-out', 'A', 1],
  ] as const)('%s', async (name, node, symptom, approve, undone) => {
    const site = recordedSite(name);
    const { state } = await play({ node, symptom, approve, lasting: true, undo: true }, site, { clock });
    expect(state.troubles).toEqual([]);
    expect(state.outcome).toBe('undone');
    expect(state.past.filter((change) => change.undone !== undefined)).toHaveLength(undone);
    expect(state.past.flatMap((change) => change.undone?.difference ?? [])).toEqual([]);
    expect(state.past.map((change) => change.undone?.approved.id)).toEqual(state.past.map(() => 'USECOND'));
    const again = await play({ node, symptom }, site);
    expect(again.state.findings[0]?.code).toBe(state.findings[0]?.code);
  });
});
