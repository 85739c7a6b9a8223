import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { kubernetesWrites, type Body, type WritesUnderTest } from '../contract/kubernetes-writes.ts';
import { ApiServer } from './api/server.ts';
import { clusterState, writeState } from './cluster/state.ts';
import { faultNamed } from './start.ts';

/** The stand-in alone: no controller and no kubelet. */
async function open(): Promise<WritesUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-writes-'));
  const topology = faultNamed('i5').topology(true);
  const identity = { machineId: 'a'.repeat(32), bootId: 'b0a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d' };
  const born = {
    nodes: Object.fromEntries(topology.nodes.map(({ name }) => [name, identity])),
    tokens: { netdiag: 'netdiag-token', kubelets: {} },
    dialTimeoutMs: 200,
  };
  const file = join(directory, 'state.json');
  const state = clusterState(topology, born, new Date('2026-11-20T16:01:21.339Z'));
  const everything = [{ groups: ['*'], resources: ['*'], verbs: ['*'] }];
  writeState(file, { ...state, tokens: { 'admin-token': { user: 'admin', rules: everything } } });
  const api = new ApiServer(file, join(directory, 'calls.jsonl'));
  const server = createServer((message, response) => void api.handle(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    async ask(method, path, { body, text = JSON.stringify(body), type } = {}) {
      const headers = {
        authorization: 'Bearer admin-token',
        ...(type === undefined ? {} : { 'content-type': type }),
      };
      const response = await fetch(`${origin}${path}`, {
        method,
        headers,
        ...(text === undefined ? {} : { body: text }),
      });
      const answered = (await response.json()) as Body;
      return { code: response.status, body: answered, warning: response.headers.get('warning') ?? '' };
    },
    daemonSet: '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node',
    node: '/api/v1/nodes/ip-172-31-53-61',
    pod: '/api/v1/namespaces/kube-system/pods/aws-node-w61',
  };
}

kubernetesWrites('the stand-in API server', open);
