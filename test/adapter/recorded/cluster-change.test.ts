import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  loadRecording,
  recordedCluster,
  recordedNodeShell,
  recorder,
  type Recording,
  saveRecording,
  Sink,
  World,
} from '../../../src/adapter/recorded/index.ts';
import type { KubernetesPatch, PodFacts } from '../../../src/model/index.ts';
import type { Cluster } from '../../../src/port.ts';
import { patchTo, WORLD } from '../../contract/cluster.ts';
import { fakeCluster, nodeNamed, podNamed } from '../../fake/cluster.ts';
import { HandClock, NODE, PEER, peer, reach, realNodes } from './practice.ts';

const OWNER = 'DaemonSet/aws-node';

/** A patch of the DaemonSet as it is now, as a plan would have it. */
async function now(cluster: Cluster, value: 'true' | 'false'): Promise<KubernetesPatch> {
  return patchTo(value, (await cluster.cni()).workload?.generation ?? 0);
}

async function podOn(cluster: Cluster, node = NODE): Promise<PodFacts> {
  const pod = (await cluster.podsOf('kube-system', OWNER)).find((one) => one.node === node);
  if (pod === undefined) throw new Error(`no ${OWNER} on ${node}`);
  return pod;
}

/** Everything that a plan of two steps asks of the cluster and of the node, in its order. */
async function roll(cluster: Cluster, value: 'true' | 'false', fix: string, taking: 'effect' | 'back'): Promise<void> {
  const step = await now(cluster, value);
  if (taking === 'effect') await cluster.rehearse(step);
  expect(await cluster.patch(step, fix, taking)).toMatchObject({ is: 'done' });
  const pod = await podOn(cluster);
  expect(await cluster.deletePod(pod)).toMatchObject({ is: 'done' });
  expect((await podOn(cluster)).uid).not.toBe(pod.uid);
  await cluster.cni();
}

/** A plan of two steps that is carried out, taken back, and carried out once more. */
async function recordRoll(): Promise<Recording> {
  const real = fakeCluster({
    name: 'prod-east',
    nodes: [nodeNamed(NODE, '10.0.10.207')],
    pods: [NODE, PEER].map((node) =>
      podNamed(`aws-node-on-${node}`, node, '10.0.10.1', { namespace: 'kube-system', owner: OWNER }),
    ),
    cni: {
      name: 'aws-vpc',
      version: '1.11.4',
      daemonSet: 'kube-system/aws-node',
      image: null,
      env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false' },
      hostPaths: {},
      container: 'aws-node',
      workload: WORLD.workload,
    },
  });
  const sink = new Sink({ name: 'i4a', title: '', cluster: 'prod-east', madeFrom: {} });
  const { shell, cluster } = recorder(realNodes(), real, sink, (pcap) => pcap);
  await (await reach(shell)).state();
  await (await reach(shell, peer)).state();
  await podOn(cluster);
  sink.expect('external-snat');
  await roll(cluster, 'true', 'f1', 'effect');
  expect(sink.present).toBe('after:external-snat:2');
  await (await reach(shell)).state();
  await roll(cluster, 'false', 'f1', 'back');
  expect(sink.present).toBe('rolled-back:2');
  await reach(shell);
  sink.expect('external-snat');
  await roll(cluster, 'true', 'f2', 'effect');
  expect(sink.present).toBe('after:external-snat:2');
  return sink.recording();
}

describe('a recorded cluster', () => {
  let recording: Recording;
  let world: World;
  let cluster: Cluster;
  beforeEach(async () => {
    recording = await recordRoll();
    world = new World(recording, new HandClock());
    cluster = recordedCluster(world);
  });

  test('has a state for each step there and back, and each step once', () => {
    expect(recording.steps.map(({ is, from, to }) => [is, from, to])).toEqual([
      ['patch', 'broken', 'after:external-snat'],
      ['pod-delete', 'after:external-snat', 'after:external-snat:2'],
      ['patch', 'after:external-snat:2', 'rolled-back'],
      ['pod-delete', 'rolled-back', 'rolled-back:2'],
    ]);
  });

  test('goes there and back again, and there once more', async () => {
    const env = async () => (await cluster.cni()).env['AWS_VPC_K8S_CNI_EXTERNALSNAT'];
    await roll(cluster, 'true', 'p1', 'effect');
    expect([world.state, await env()]).toEqual(['after:external-snat:2', 'true']);
    await roll(cluster, 'false', 'p1', 'back');
    expect([world.state, await env()]).toEqual(['rolled-back:2', 'false']);
    const again = patchTo('true', 6);
    expect(await cluster.patch(patchTo('true', 4), 'p2', 'effect'), 'an old plan').toMatchObject({ is: 'refused' });
    expect(await cluster.patch(again, 'p2', 'effect')).toMatchObject({ is: 'done' });
    expect(world.state).toBe('after:external-snat');
  });

  test('is the same after it was saved, and keeps the node state as it was told', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'netdiag-recording-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    saveRecording(directory, recording);
    const loaded = loadRecording(directory);
    expect(loaded.steps).toEqual(recording.steps);
    const first = await readFile(join(directory, 'recording.json'), 'utf8');
    saveRecording(directory, loaded);
    expect(await readFile(join(directory, 'recording.json'), 'utf8')).toBe(first);
    const played = new World(loaded, new HandClock());
    const nodes = recordedNodeShell(played);
    expect(await (await reach(nodes)).state()).toEqual({
      known: true,
      value: ['part routes', '10.0.10.0/24 dev eth1'],
    });
    expect(await (await reach(nodes, peer)).state()).toMatchObject({ known: false, gap: 'truncated' });
    await roll(recordedCluster(played), 'true', 'p1', 'effect');
    expect(played.state).toBe('after:external-snat:2');
  });

  test.each([
    ['another value', { patch: { spec: { minReadySeconds: 1 } } }],
    ['another object of that name', { object: { ...patchTo('true').object, uid: 'ffffffff-0000' } }],
    ['another DaemonSet', { object: { ...patchTo('true').object, name: 'kube-proxy' } }],
  ])('makes no patch that is not recorded: %s', async (_title, more) => {
    const granted = await cluster.patch({ ...patchTo('true'), ...more }, 'p1', 'effect');
    expect(granted).toMatchObject({ is: 'refused', detail: expect.stringContaining('nothing was changed') as string });
    expect(world.state).toBe('broken');
  });

  test('takes nothing back that was not recorded to be taken back, and deletes no pod out of its turn', async () => {
    await cluster.patch(patchTo('true'), 'p1', 'effect');
    const other = patchTo('false', 5);
    const granted = await cluster.patch({ ...other, patch: { spec: {} } }, 'p1', 'back');
    expect(granted).toMatchObject({ is: 'refused', detail: expect.stringContaining('not recorded') as string });
    expect(await cluster.deletePod(await podOn(cluster, PEER))).toMatchObject({ is: 'refused' });
    expect(world.state).toBe('after:external-snat');
  });

  test('does not rehearse what it was not asked when it was recorded', async () => {
    expect(await cluster.rehearse(patchTo('true'))).toMatchObject({ is: 'would' });
    await expect(cluster.rehearse(patchTo('false'))).rejects.toMatchObject({ gap: 'not-recorded' });
    await expect(cluster.podsOf('kube-system', 'DaemonSet/kube-proxy')).rejects.toMatchObject({ gap: 'not-recorded' });
    await expect(cluster.podsOn(NODE)).rejects.toMatchObject({ gap: 'not-recorded' });
  });

  test('is as on the first day after a reset', async () => {
    await cluster.patch(patchTo('true'), 'p1', 'effect');
    world.reset();
    expect(world.state).toBe('broken');
    expect(await cluster.patch(patchTo('true'), 'p1', 'effect')).toMatchObject({ is: 'done' });
    expect(world.state).toBe('after:external-snat');
  });

  test('has a gap for the node state of a moment at which nobody asked for it, and of a closed session', async () => {
    await roll(cluster, 'true', 'p1', 'effect');
    const session = await reach(recordedNodeShell(world));
    expect(await session.state()).toMatchObject({ known: true });
    await roll(cluster, 'false', 'p1', 'back');
    expect(await (await reach(recordedNodeShell(world))).state()).toMatchObject({ known: false, gap: 'not-recorded' });
    await session.close();
    expect(await session.state()).toMatchObject({ known: false, gap: 'unreachable' });
  });
});

describe('what a recorder keeps of changes', () => {
  test('leaves out what was refused, asked for twice, or concerns no pod that was seen', async () => {
    const sink = new Sink({ name: 'x', title: '', cluster: 'fake', madeFrom: {} });
    const real = fakeCluster({ pods: [podNamed('web', NODE, '10.0.0.1')], nodes: [nodeNamed(NODE, '10.0.10.207')] });
    const { cluster } = recorder(realNodes(), real, sink, (pcap) => pcap);
    await cluster.patch(patchTo('true'), 'f1', 'effect');
    await cluster.patch(patchTo('true'), 'f1', 'back');
    await cluster.deletePod({ namespace: 'default', name: 'web', uid: 'uid-of-web' });
    expect(sink.recording()).toMatchObject({ steps: [] });
    expect(sink.present).toBe('broken');
  });

  test('keeps each object that one fix patches, there and back', async () => {
    const nodes = ['a', 'b'].map((name) => nodeNamed(name, '10.0.0.1'));
    const sink = new Sink({ name: 'x', title: '', cluster: 'fake', madeFrom: {} });
    const { cluster } = recorder(realNodes(), fakeCluster({ nodes }), sink, (pcap) => pcap);
    const cordon = (name: string, unschedulable: true | null): KubernetesPatch => ({
      kind: 'kubernetes-patch',
      object: { kind: 'Node', namespace: null, name, uid: `uid-of-${name}`, generation: null },
      says: 'cordon',
      patch: { spec: { unschedulable } },
    });
    const WAY = [
      ['a', true, 'effect'],
      ['b', true, 'effect'],
      ['b', null, 'back'],
      ['a', null, 'back'],
    ] as const;
    sink.expect('cordon');
    for (const [name, value, taking] of WAY) await cluster.patch(cordon(name, value), 'f1', taking);
    const STATES = ['after:cordon', 'after:cordon:2', 'rolled-back', 'rolled-back:2'];
    expect(sink.recording().steps.map(({ to }) => to)).toEqual(STATES);
    const world = new World(sink.recording(), new HandClock());
    const states: string[] = [];
    for (const [name, value, taking] of WAY) {
      await recordedCluster(world).patch(cordon(name, value), 'p1', taking);
      states.push(world.state);
    }
    expect(states).toEqual(STATES);
  });

  test('names states by themselves where nobody expects them, and goes back to where a later change began', async () => {
    const node = nodeNamed(NODE, '10.0.10.207');
    const sink = new Sink({ name: 'x', title: '', cluster: 'fake', madeFrom: {} });
    const { cluster } = recorder(realNodes(), fakeCluster({ nodes: [node] }), sink, (pcap) => pcap);
    const label = (value: string): KubernetesPatch => ({
      kind: 'kubernetes-patch',
      object: { kind: 'Node', namespace: null, name: NODE, uid: node.uid, generation: null },
      says: 'annotate',
      patch: { metadata: { annotations: { a: value } } },
    });
    await cluster.patch(label('1'), 'f1', 'effect');
    expect(sink.present).toBe('after:step-1');
    sink.expect('second');
    await cluster.patch(label('2'), 'f2', 'effect');
    await cluster.patch(label('1'), 'f2', 'back');
    expect(sink.present).toBe('after:step-1:back');
    await cluster.patch(label('1'), 'f2', 'back');
    expect(sink.recording().steps.map(({ to }) => to)).toEqual(['after:step-1', 'after:second', 'after:step-1:back']);
    const world = new World(sink.recording(), new HandClock());
    const played = recordedCluster(world);
    for (const [value, fix, taking] of [
      ['1', 'p1', 'effect'],
      ['2', 'p2', 'effect'],
      ['1', 'p2', 'back'],
      ['2', 'p3', 'effect'],
    ] as const) {
      expect(await played.patch(label(value), fix, taking)).toMatchObject({ is: 'done' });
    }
    expect(world.state).toBe('after:second');
  });
});
