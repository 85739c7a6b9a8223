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
import type { IncidentState } from '../../src/model/index.ts';
import type { Site } from '../../src/shell/index.ts';
import { play } from './play.ts';
import { TAKES, WAYS } from './take.ts';

const RECORDED = join(import.meta.dirname, '../../src/sandbox/recorded');

/** A site that answers from a recording, at once. */
function recordedSite(name: string): Site {
  const recording = loadRecording(join(RECORDED, name));
  const world = new World(recording, systemClock);
  return { cluster: recordedCluster(world), nodes: recordedNodeShell(world), doors: configuredDoors(recording) };
}

interface Story {
  readonly name: string;
  readonly node: string;
  readonly peer: string;
  readonly symptom: string;
  /** What is found first, and on the peer; absent: the peer is healthy. */
  readonly code: string;
  readonly onPeer?: string;
  /** What may be approved, each of it alone: a letter, or everything one after the other. */
  readonly fixes: readonly string[];
  /** Remediations that are done then, the lasting form as well. */
  readonly done: readonly (readonly string[])[];
}

const EKS = 'us-west-2.compute.internal';
/** Nodes of a take, the sick one and its peer. */
function nodesOf(name: string): Pick<Story, 'node' | 'peer'> {
  const [node = '', peer = ''] = TAKES.find((take) => take.name === name)?.nodes ?? [];
  return { node, peer };
}

const STORIES: readonly Story[] = [
  {
    name: 'i1',
    node: 'ip-10-0-10-207',
    peer: 'ip-10-0-10-115',
    symptom: 'kubelet-unreachable',
    code: 'reply-leaves-other-interface',
    fixes: ['A', 'B'],
    done: [['delete-connected-route'], ['route-by-source-address']],
  },
  {
    name: 'i2',
    node: 'kylin-19',
    peer: 'kylin-21',
    symptom: 'pods-cannot-get-out',
    code: 'vtep-mac-not-announced',
    fixes: ['A'],
    done: [['restart-flannel']],
  },
  {
    name: 'i3',
    node: 'dev-slave-110',
    peer: 'dev-slave-107',
    symptom: 'pods-unreachable',
    code: 'forwarding-off',
    fixes: ['A'],
    done: [['switch-forwarding-on', 'keep-forwarding-on']],
  },
  {
    name: 'i4',
    node: 'ip-172-31-53-61',
    peer: 'ip-172-31-52-10',
    symptom: 'connections-time-out',
    code: 'eni-pod-request-dropped',
    onPeer: 'eni-pod-request-dropped',
    fixes: ['A'],
    done: [['route-replies-by-eni']],
  },
  {
    name: 'i5',
    node: `ip-172-31-53-61.${EKS}`,
    peer: `ip-172-31-52-10.${EKS}`,
    symptom: 'connections-time-out',
    code: 'ipamd-freed-eni-in-use',
    onPeer: 'ipamd-cannot-see-containers',
    fixes: ['every'],
    done: [['stop-eni-scale-in', 'correct-runtime-mount', 'recreate-orphaned-pods']],
  },
  {
    name: 'i1-strict',
    ...nodesOf('i1-strict'),
    symptom: 'kubelet-unreachable',
    code: 'request-dropped-by-strict-rpf',
    fixes: ['A', 'B'],
    done: [['delete-connected-route'], ['route-by-source-address']],
  },
  {
    name: 'i1-one-door',
    ...nodesOf('i1-one-door'),
    symptom: 'kubelet-unreachable',
    code: 'reply-leaves-other-interface',
    fixes: ['A', 'B'],
    done: [['delete-connected-route'], ['route-by-source-address']],
  },
  {
    name: 'i2-local',
    ...nodesOf('i2-local'),
    symptom: 'pods-cannot-get-out',
    code: 'remote-vtep-is-local',
    fixes: ['A'],
    done: [['release-remote-vtep']],
  },
  {
    name: 'i3-uplink',
    ...nodesOf('i3-uplink'),
    symptom: 'pods-unreachable',
    code: 'uplink-forwarding-off',
    fixes: ['A'],
    done: [['switch-uplink-forwarding-on', 'keep-forwarding-on']],
  },
  {
    name: 'i4b',
    ...nodesOf('i4b'),
    symptom: 'connections-time-out',
    code: 'node-port-dropped-by-strict-rpf',
    fixes: ['A'],
    done: [['loosen-uplink-rpf', 'keep-uplink-rpf-loose']],
  },
];

test('every recording that ships has a story', () => {
  expect(readdirSync(RECORDED).toSorted()).toEqual(STORIES.map(({ name }) => name).toSorted());
});

test('a node is in one recording only: a practice workspace knows a cluster by its nodes', () => {
  const nodes = STORIES.flatMap(({ name }) => [...loadRecording(join(RECORDED, name)).nodes.keys()]);
  expect(nodes.filter((node, index) => nodes.indexOf(node) !== index)).toEqual([]);
});

/** Questions of a diagnosis to which the recording has no answer. */
function unrecorded({ answers, watchFailure }: IncidentState): readonly string[] {
  const gaps = Object.values(answers).filter(({ reading }) => !reading.known && reading.gap === 'not-recorded');
  return [...gaps.map(({ command }) => command), ...(watchFailure === null ? [] : [watchFailure])];
}

describe.concurrent.each(STORIES)(
  'recording $name',
  { timeout: 60_000 },
  ({ name, node, peer, symptom, code, onPeer, fixes, done }) => {
    test.each(fixes.map((fix, index) => [fix, done[index] ?? []] as const))(
      'is diagnosed, proven, approved and repaired by Fix %s, and made to last',
      async (approve, remediations) => {
        const site = recordedSite(name);
        const { state, whispers, attached } = await play({ node, symptom, approve, lasting: true }, site);
        expect(state.troubles).toEqual([]);
        expect(state.outcome).toBe('repaired');
        expect(state.offers.filter((offer) => offer.state === 'approved').map(({ plan }) => plan.remediation)).toEqual(
          remediations,
        );
        expect(state.questions).toHaveLength(1);
        expect(new Set(whispers)).toEqual(
          new Set(['You started this incident, so someone else has to approve: @second or @third.']),
        );
        expect(attached.map((file) => file.name)).toEqual(expect.arrayContaining(['packets.png', 'capture-eth0.pcap']));
        const again = await play({ node, symptom }, site);
        expect(again.state.findings.map((finding) => finding.code)).not.toContain(code);
        expect(again.state.unseen.filter(({ gap }) => gap === 'not-recorded')).toEqual([]);
      },
    );

    test('answers every question, whatever is reported of the sick node', async () => {
      const site = recordedSite(name);
      for (const way of WAYS) {
        const { state } = await play({ node, ...way }, site);
        expect([way, unrecorded(state)]).toEqual([way, []]);
      }
    });

    test('a fix that is rejected leaves everything as it is', async () => {
      const site = recordedSite(name);
      const { state } = await play({ node, symptom, approve: 'A', reject: 'A' }, site);
      expect(state).toMatchObject({ change: null, troubles: [] });
      const again = await play({ node, symptom }, site);
      expect(again.state.findings[0]).toMatchObject({ code, confidence: 'proven' });
    });

    test('tells of the peer what is so there', async () => {
      const { state } = await play({ node: peer, symptom }, recordedSite(name));
      expect(unrecorded(state)).toEqual([]);
      expect(state.findings.map((finding) => finding.code)).toEqual(onPeer === undefined ? [] : [onPeer]);
    });
  },
);
