import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cniNorm } from '../../../src/cni/index.ts';
import type { Cluster } from '../../../src/port.ts';
import { ApiServer } from '../../lab/api/server.ts';
import { clusterState, writeState } from '../../lab/cluster/state.ts';
import { awsVpc } from '../../lab/topology/aws-vpc.ts';
import { cluster, failure, kubeconfig, loopback } from './practice.ts';

const NODE = 'ip-10-0-10-207';

/** The adapter against the lab's API server, which refuses what RBAC refuses; and every call as it wrote it down. */
async function standIn(token = 'netdiag-token'): Promise<{ asked: Cluster; calls: () => string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-stand-in-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const topology = awsVpc({ eth1Route: 'main-first', eth0RpFilter: '2', mgmt: true });
  const state = clusterState(
    topology,
    {
      nodes: Object.fromEntries(
        topology.nodes.map(({ name }) => [name, { machineId: 'a'.repeat(32), bootId: 'b'.repeat(32) }]),
      ),
      tokens: { netdiag: 'netdiag-token', kubelets: {} },
      dialTimeoutMs: 200,
    },
    new Date('2026-11-20T16:01:21.339Z'),
  );
  const [file, log] = [join(directory, 'state.json'), join(directory, 'calls.jsonl')];
  writeState(file, state);
  const api = new ApiServer(file, log);
  const port = await loopback(createServer((message, response) => void api.handle(message, response)));
  const path = kubeconfig({
    server: `http://127.0.0.1:${port}`,
    cluster: { 'insecure-skip-tls-verify': true },
    user: { token },
  });
  return { asked: cluster({ path }), calls: () => readFileSync(log, 'utf8').trim().split('\n') };
}

it('finds in the lab cluster what a diagnosis needs', async () => {
  const { asked } = await standIn();
  const nodes = await asked.nodes();
  const subject = nodes.find(({ name }) => name === NODE);
  expect(subject?.addresses).toContainEqual({ type: 'InternalIP', address: '10.0.10.207' });
  expect(nodes.filter(({ name, pool }) => name !== NODE && pool === subject?.pool)).not.toEqual([]);
  expect((await asked.podsOn(NODE)).map(({ node }) => node)).toContain(NODE);
  const cni = await asked.cni();
  expect(cni.name).toBe('aws-vpc');
  expect(cniNorm(cni)?.uplinkRpf).toBe('loose');
  expect(await asked.apiServers()).toEqual(['10.0.10.69']);
  expect(await asked.events(NODE)).toBeInstanceOf(Array);
});

it('asks it only what it may, and is refused as nobody', async () => {
  const { asked, calls } = await standIn();
  await Promise.all([asked.nodes(), asked.podsOn(NODE), asked.cni(), asked.events(NODE), asked.apiServers()]);
  expect(calls().filter((line) => /"(?:code|status)":(?:4|5)\d\d/.test(line))).toEqual([]);
  const { asked: nobody } = await standIn('another-token');
  expect((await failure(nobody.nodes())).gap).toBe('denied');
});
