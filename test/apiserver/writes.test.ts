import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubernetesWrites, type WritesUnderTest } from '../contract/kubernetes-writes.ts';
import { type ClusterState, clusterState } from '../lab/cluster/state.ts';
import type { KubeObject } from '../lab/cluster/objects.ts';
import { faultNamed } from '../lab/start.ts';
import { type RealApiServer, realBinaries, startRealApiServer } from './real.ts';

const binaries = realBinaries();
const skipNote = typeof binaries === 'string' ? ` (skipped: ${binaries})` : '';
if (typeof binaries === 'string') process.stderr.write(`tests against a real API server are skipped: ${binaries}\n`);

/** The objects of a lab with the faults' DaemonSet, as the stand-in has them. */
function labObjects(): ClusterState['objects'] {
  const topology = faultNamed('i5').topology(true);
  const identity = { machineId: 'a'.repeat(32), bootId: 'b0a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d' };
  const nodes = Object.fromEntries(topology.nodes.map(({ name }) => [name, identity]));
  const tokens = { netdiag: 'netdiag-token', kubelets: {} };
  return clusterState(topology, { nodes, tokens, dialTimeoutMs: 200 }, new Date()).objects;
}

/** An object as somebody creates it: without what the server sets. */
function fresh(kind: string, apiVersion: string, name: string, { metadata, spec }: KubeObject): object {
  const { namespace, labels, annotations } = metadata;
  return { kind, apiVersion, metadata: { name, namespace, labels, annotations }, spec };
}

describe.skipIf(skipNote !== '')(`a real API server${skipNote}`, () => {
  let real: RealApiServer;
  let count = 0;
  beforeAll(async () => {
    if (typeof binaries !== 'string') real = await startRealApiServer(binaries);
  }, 90_000);
  afterAll(() => real?.end());

  async function created(path: string, object: object): Promise<void> {
    const { code, body } = await real.ask('POST', path, { body: object });
    if (code !== 201) throw new Error(`POST ${path} was answered with ${code}: ${body.message ?? ''}`);
  }

  async function open(): Promise<WritesUnderTest> {
    count += 1;
    const objects = labObjects();
    const named = (list: string, name: string): KubeObject => {
      const found = objects[list]?.find(({ metadata }) => metadata.name === name);
      if (!found) throw new Error(`the lab has no ${name} among its ${list}`);
      return found;
    };
    const sets = '/apis/apps/v1/namespaces/kube-system/daemonsets';
    const pods = '/api/v1/namespaces/kube-system/pods';
    const [node, set, pod] = [`node-${count}`, `aws-node-${count}`, `aws-node-w61-${count}`];
    await created('/api/v1/nodes', fresh('Node', 'v1', node, named('/nodes', 'ip-172-31-53-61')));
    await created(sets, fresh('DaemonSet', 'apps/v1', set, named('apps/daemonsets', 'aws-node')));
    const bound = named('/pods', 'aws-node-w61');
    const body = { ...bound, spec: { ...(bound['spec'] as object), nodeName: node } };
    await created(pods, fresh('Pod', 'v1', pod, body));
    return {
      ask: (method, path, sent) => real.ask(method, path, sent),
      daemonSet: `${sets}/${set}`,
      node: `/api/v1/nodes/${node}`,
      pod: `${pods}/${pod}`,
    };
  }

  test('is ready', async () => {
    expect((await real.ask('GET', '/version')).code).toBe(200);
  });
  kubernetesWrites('a real API server', open);
});
