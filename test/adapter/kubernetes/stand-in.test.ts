import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cniNorm } from '../../../src/cni/index.ts';
import type { KubernetesPatch } from '../../../src/model/index.ts';
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
      tokens: { netdiag: 'netdiag-token', reader: 'reader-token', kubelets: {} },
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

/** A patch of the DaemonSet aws-node as it is there. */
async function patchOf(asked: Cluster, patch: KubernetesPatch['patch']): Promise<KubernetesPatch> {
  const { workload } = await asked.cni();
  if (workload === undefined) throw new Error('the DaemonSet has no identity');
  const { uid, generation } = workload;
  const object = { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid, generation } as const;
  return { kind: 'kubernetes-patch', object, says: 'try', patch };
}

const external = (value: string) => ({
  spec: {
    updateStrategy: { type: 'OnDelete' },
    template: {
      spec: { containers: [{ name: 'aws-node', env: [{ name: 'AWS_VPC_K8S_CNI_EXTERNALSNAT', value }] }] },
    },
  },
});

it('rehearses a patch there, makes it once, and takes it back', async () => {
  const { asked, calls } = await standIn();
  const step = await patchOf(asked, external('true'));
  const before = await asked.cni();
  const rehearsal = await asked.rehearse(step);
  expect(rehearsal).toEqual({
    is: 'would',
    difference: expect.arrayContaining([
      '+spec.template.spec.containers[aws-node].env[AWS_VPC_K8S_CNI_EXTERNALSNAT].value: "true"',
      '-spec.updateStrategy.type: RollingUpdate',
      '+spec.updateStrategy.type: OnDelete',
    ]) as string[],
  });
  expect(await asked.cni()).toEqual(before);
  expect(await asked.patch(step, 'f1', 'effect')).toMatchObject({ is: 'done' });
  expect(await asked.patch(step, 'f1', 'effect')).toMatchObject({ is: 'done' });
  expect(await asked.cni()).toMatchObject({
    env: { ...before.env, AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' },
    workload: { generation: step.object.generation! + 1, updateStrategy: 'OnDelete' },
  });
  expect(await asked.patch(step, 'f2', 'effect')).toMatchObject({ is: 'refused' });
  const was = before.env['AWS_VPC_K8S_CNI_EXTERNALSNAT'];
  const env = [
    { name: 'AWS_VPC_K8S_CNI_EXTERNALSNAT', ...(was === undefined ? { $patch: 'delete' } : { value: was }) },
  ];
  const template = { spec: { containers: [{ name: 'aws-node', env }] } };
  const undo = { ...step, patch: { spec: { updateStrategy: { type: 'RollingUpdate' }, template } } };
  expect(await asked.patch(undo, 'f1', 'back')).toMatchObject({ is: 'done' });
  expect(await asked.patch(undo, 'f1', 'back')).toMatchObject({ is: 'done' });
  const after = await asked.cni();
  expect(after).toEqual({ ...before, workload: { ...before.workload, generation: step.object.generation! + 2 } });
  expect(calls().filter((line) => line.includes('"verb":"patch"'))).toHaveLength(3);
});

it('is told there that a patch says what no object knows, and that the reader may change nothing', async () => {
  const { asked } = await standIn();
  const unknown = await patchOf(asked, { spec: { updateStategy: { type: 'OnDelete' } } });
  for (const answer of [await asked.rehearse(unknown), await asked.patch(unknown, 'f1', 'effect')]) {
    expect(answer).toMatchObject({
      is: 'refused',
      detail: expect.stringMatching(/does not accept the change/) as string,
    });
  }
  const { asked: reader } = await standIn('reader-token');
  const step = await patchOf(reader, external('true'));
  const uid = (await reader.podsOf('kube-system', 'DaemonSet/aws-node'))[0]?.uid ?? '';
  const refused = expect.stringMatching(/netdiag-reader the verb "(patch|delete)" on .*rbac-change\.yml/) as string;
  expect(await reader.rehearse(step)).toEqual({ is: 'refused', detail: refused });
  expect(await reader.patch(step, 'f1', 'effect')).toEqual({ is: 'refused', detail: refused });
  expect(await reader.deletePod({ namespace: 'kube-system', name: 'aws-node-x', uid })).toEqual({
    is: 'refused',
    detail: refused,
  });
});

it('deletes there the pod of that uid, and no other one', async () => {
  const { asked } = await standIn();
  const [pod] = await asked.podsOf('kube-system', 'DaemonSet/aws-node');
  if (pod === undefined) throw new Error('aws-node has no pod');
  const { namespace, name, uid } = pod;
  const other = `${uid.slice(0, -4)}ffff`;
  expect(await asked.deletePod({ namespace, name, uid: other })).toMatchObject({
    is: 'done',
    detail: expect.stringContaining('no such pod') as string,
  });
  expect(await asked.deletePod({ namespace, name, uid })).toMatchObject({
    is: 'done',
    detail: expect.stringContaining('was deleted') as string,
  });
});

it('T20: asks it only what it may, and is refused as nobody', async () => {
  const { asked, calls } = await standIn();
  await Promise.all([asked.nodes(), asked.podsOn(NODE), asked.cni(), asked.events(NODE), asked.apiServers()]);
  expect(calls().filter((line) => /"(?:code|status)":(?:4|5)\d\d/.test(line))).toEqual([]);
  const { asked: nobody } = await standIn('another-token');
  expect((await failure(nobody.nodes())).gap).toBe('denied');
});
