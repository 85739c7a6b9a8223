import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  Sink,
  configuredDoors,
  loadRecording,
  recordedCluster,
  recordedNodeShell,
  type Recording,
  saveRecording,
  World,
} from '../../../src/adapter/recorded/index.ts';
import { ClusterError } from '../../../src/port.ts';
import { HandClock, NODE, peer, reach, request, said, target } from './practice.ts';
import { capture, CNI, COMMANDS, recordStory } from './story.ts';

const tree = async (directory: string): Promise<Record<string, string>> => {
  const outputs = (await readdir(join(directory, 'outputs'))).map((file) => join('outputs', file));
  const files = ['recording.json', ...outputs].toSorted();
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, (await readFile(join(directory, file))).toString('latin1')] as const),
    ),
  );
};

describe('a recording', () => {
  let directory: string;
  let recording: Recording;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'netdiag-recording-'));
    saveRecording(directory, await recordStory());
    recording = loadRecording(directory);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const play = () => {
    const world = new World(recording, new HandClock());
    return { world, shell: recordedNodeShell(world), cluster: recordedCluster(world) };
  };

  test('holds states, one for each change and one for the rollback', () => {
    expect([...recording.states.keys()]).toEqual(['after:delete-connected-route', 'broken', 'rolled-back']);
    expect(recording.changes).toEqual([
      {
        node: NODE,
        from: 'broken',
        to: 'after:delete-connected-route',
        apply: request().apply,
        said: { state: 'applied', detail: '' },
        confirmed: ['-10.0.10.0/24 dev eth1'],
        rolledBack: [],
      },
    ]);
    expect(recording).toMatchObject({
      name: 'i1',
      cluster: 'prod-east',
      madeFrom: { kernel: '6.18', iproute2: '6.1.0' },
    });
  });

  test('gives back every byte, flag and gap that was seen', async () => {
    const { shell } = play();
    const session = await reach(shell);
    expect(session.identity).toEqual({ name: NODE, machineId: `machine of ${NODE}`, bootId: 'b', hostKey: null });
    const [lookup, hostname, raw, slow, long, missing, nstat] = await session.run(COMMANDS);
    expect(said(lookup)).toBe('10.0.10.69 from 10.0.10.207 dev eth1\n');
    expect(said(hostname)).toBe(`${NODE}\n`);
    expect([...(raw?.stdout ?? [])]).toEqual([0xff, 0, 0x1b]);
    expect(said({ ...raw!, stdout: raw!.stderr })).toBe('A');
    expect(slow).toMatchObject({ exit: null, timedOut: true, ms: 10_000 });
    expect(long).toMatchObject({ exit: 0, truncated: true });
    expect(missing).toMatchObject({ exit: null, gap: 'not-installed' });
    expect(said(nstat)).toContain('IpReversePathFilter 7');
    expect(said((await (await reach(shell, peer)).run([{ argv: ['hostname'] }]))[0])).toBe('ip-10-0-10-115\n');
  });

  test('keeps captures without their payload', async () => {
    const session = await reach(play().shell);
    const eth0 = await (await capture(session, 'eth0')).stop();
    expect(new TextDecoder().decode(eth0.pcap)).toBe('broken eth0');
    expect(eth0.gap).toBeUndefined();
    expect(await (await capture(session, 'eth9')).stop()).toMatchObject({ gap: 'unparsable', detail: /no device/ });
    expect(await (await capture(session, 'eth1')).stop()).toMatchObject({ gap: 'not-recorded' });
  });

  test('keeps what the API said, and what it refused to say', async () => {
    const { cluster, world, shell } = play();
    expect(cluster.name).toBe('prod-east');
    expect((await cluster.nodes()).map(({ name }) => name)).toEqual([NODE]);
    expect((await cluster.podsOn(NODE)).map(({ name }) => name)).toEqual(['web']);
    expect(await cluster.cni()).toEqual(CNI);
    expect((await cluster.reachKubelet(NODE)).verdict).toBe('timed-out');
    await expect(cluster.events(NODE)).rejects.toThrow('The API server refuses to tell the events.');
    await expect(cluster.apiServers()).rejects.toMatchObject({
      gap: 'not-recorded',
      message: /does not hold the API servers in the state "broken"/,
    });
    await (await reach(shell)).change(request());
    expect(world.state).toBe('after:delete-connected-route');
    expect((await cluster.reachKubelet(NODE)).verdict).toBe('answers');
    await expect(cluster.cni()).rejects.toThrow(ClusterError);
  });

  test('tells the whole story again: doors, change, verification, confirmation', async () => {
    const { shell, world } = play();
    const before = await reach(shell);
    expect(before.door).toEqual({ address: '10.0.10.190', port: 22, from: 'recording' });
    expect(before.tried).toMatchObject([{ door: { address: '10.0.10.207' }, because: 'no answer within 5 s' }]);
    expect(await before.change(request())).toMatchObject({ state: 'applied' });
    const confirming = await reach(shell, target({ only: ['10.0.10.207'] }));
    expect(said((await confirming.run([COMMANDS[0]]))[0])).toContain('dev eth0');
    expect(new TextDecoder().decode((await (await capture(confirming, 'eth0')).stop()).pcap)).toBe('mended eth0');
    expect(await confirming.ledger('f1', 'confirm')).toMatchObject({
      state: 'confirmed',
      difference: ['-10.0.10.0/24 dev eth1'],
    });
    expect(world.state).toBe('after:delete-connected-route');
  });

  test('keeps the doors of a state that it has seen, whatever opens while that state ends', () => {
    const sink = new Sink({ name: 'n', title: 't', cluster: 'c', madeFrom: { kernel: '6.1', debian: '12' } });
    const door = { address: '10.0.10.190', port: 22, from: 'configured' } as const;
    sink.door('after:a', 'node', door, []);
    sink.doorsKnown('after:a');
    sink.door('after:a', 'node', null, [{ door, because: 'no answer within 5 s' }]);
    sink.door('after:b', 'node', null, [{ door, because: 'no answer within 5 s' }]);
    const doors = (state: string) => [...(sink.recording().states.get(state)?.doors.get('node')?.values() ?? [])];
    expect([doors('after:a'), doors('after:b')]).toEqual([[true], ['no answer within 5 s']]);
  });

  test('remembers which doors were configured', async () => {
    expect(configuredDoors(recording)).toEqual({ 'ip-10-0-10-115': { address: '10.0.10.115' } });
  });

  test('is the same on disk however often it is read and written', async () => {
    const first = await tree(directory);
    saveRecording(directory, recording);
    expect(await tree(directory)).toEqual(first);
    saveRecording(directory, await recordStory());
    expect(await tree(directory)).toEqual(first);
  });

  test('is readable: text as text, one line for each output', async () => {
    const files = await tree(directory);
    const manifest = files['recording.json'] ?? '';
    expect(manifest.split('\n').every((line) => line.length <= 300)).toBe(true);
    expect(manifest).toMatch(/^ {10}"\[\\"hostname\\"\]": \{"exit":0,"stdout":"[0-9a-f]{64}\.txt","ms":5\}/m);
    const kinds = Object.keys(files).map((file) => file.split('.').at(-1));
    expect(new Set(kinds)).toEqual(new Set(['json', 'txt', 'bin', 'pcap']));
    expect(Object.values(files).join('')).not.toContain('payload');
    expect(Object.values(files).join('')).not.toContain('SHA256:x');
  });

  test('forgets files that nothing names any more, and touches no others', async () => {
    const sink = { ...recording, states: new Map([['broken', recording.states.get('rolled-back')!]]), changes: [] };
    saveRecording(directory, sink);
    const files = Object.keys(await tree(directory));
    expect(files.filter((file) => file.endsWith('.pcap'))).toEqual([]);
    expect(() => loadRecording(directory)).not.toThrow();
  });
});
