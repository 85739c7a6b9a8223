import { readdirSync } from 'node:fs';
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
import type { Site } from '../../src/shell/index.ts';
import { play } from './play.ts';

const RECORDED = join(import.meta.dirname, '../../src/sandbox/recorded');

/** A site that answers from a recording, at once. */
function recordedSite(name: string): Site {
  const recording = loadRecording(join(RECORDED, name));
  const world = new World(recording, systemClock);
  return { cluster: recordedCluster(world), nodes: recordedNodeShell(world), doors: configuredDoors(recording) };
}

const STORIES = [
  {
    name: 'i1',
    node: 'ip-10-0-10-207',
    peer: 'ip-10-0-10-115',
    symptom: 'kubelet-unreachable',
    code: 'reply-leaves-other-interface',
    fixes: ['A', 'B'],
  },
  {
    name: 'i3',
    node: 'dev-slave-110',
    peer: 'dev-slave-107',
    symptom: 'pods-unreachable',
    code: 'forwarding-off',
    fixes: ['A'],
  },
] as const;

test('every recording that ships has a story', () => {
  expect(readdirSync(RECORDED).toSorted()).toEqual(STORIES.map(({ name }) => name));
});

describe.each(STORIES)('recording $name', ({ name, node, peer, symptom, code, fixes }) => {
  test.each(fixes)('is diagnosed, proven, approved and repaired by Fix %s', async (approve) => {
    const site = recordedSite(name);
    const { state, whispers, attached } = await play({ node, symptom, approve }, site);
    expect(state.troubles).toEqual([]);
    expect(state.findings[0]).toMatchObject({ code, confidence: 'proven' });
    expect(state.outcome).toBe('repaired');
    expect(whispers).toEqual(['You started this incident, so someone else has to approve: @second or @third.']);
    expect(attached.map((file) => file.name)).toEqual(expect.arrayContaining(['packets.png', 'capture-eth0.pcap']));
    const again = await play({ node, symptom }, site);
    expect(again.state.findings.map((finding) => finding.code)).not.toContain(code);
  });

  test('answers every question that a diagnosis asks, on the sick node and on its peer', async () => {
    const site = recordedSite(name);
    for (const asked of [node, peer]) {
      const { state } = await play({ node: asked, symptom }, site);
      const gaps = Object.values(state.answers).filter(
        ({ reading }) => !reading.known && reading.gap === 'not-recorded',
      );
      expect(gaps.map(({ command }) => command)).toEqual([]);
      expect(state.watchFailure).toBeNull();
    }
  });

  test('finds nothing wrong on the healthy peer', async () => {
    const { state } = await play({ node: peer, symptom }, recordedSite(name));
    expect(state.findings).toEqual([]);
    expect(state.outcome).toBe('nothing-found');
  });
});
