/**
 * The stand-in kubelet of a node, a process in its network namespace: HTTPS on port 10250 of all its addresses, so that who
 * answers a SYN there is the kernel. Serves /healthz and the logs of its own pods, everything else is not found, renews the node's
 * lease every 10 s at the API server, as a kubelet does (https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats),
 * and runs the pods that the API server has for its node.
 * Usage: kubelet.ts SETTINGS; writes a line to descriptor 3 when it listens.
 */
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:https';
import { ApiClient } from './agent/client.ts';
import { KubeletPods } from './agent/kubelet-pods.ts';
import { type AgentSettings, NodeAgent } from './agent/node-agent.ts';
import type { KubeObject } from './cluster/objects.ts';

export interface KubeletSettings extends AgentSettings {
  certFile: string;
  keyFile: string;
}

const [settingsFile] = process.argv.slice(2);
if (!settingsFile) throw new Error('usage: kubelet.ts SETTINGS');
const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as KubeletSettings;
process.title = 'kubelet';
const api = new ApiClient(settings);
const node = new NodeAgent(settings, api);
const pods = new KubeletPods(node);

const server = createServer(
  { cert: readFileSync(settings.certFile), key: readFileSync(settings.keyFile) },
  (message, response) => {
    const path = (message.url ?? '/').split('?')[0] ?? '/';
    const container = path.startsWith('/containerLogs/') ? path.slice('/containerLogs/'.length) : null;
    if (path === '/healthz') response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
    else if (container !== null && runs(container)) {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${container} is up\n`);
    } else response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
  },
);

/** Whether a `namespace/pod/container` runs here. */
function runs(path: string): boolean {
  const [namespace, name, container = ''] = path.split('/');
  const sandbox = node.sandboxes.find((one) => one.namespace === namespace && one.name === name);
  return sandbox?.containers.includes(container) === true;
}

/** Renews the lease; while that works the node follows its pods, and begins anew after it has failed. */
async function beat(): Promise<void> {
  try {
    await api.call('PUT', `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${settings.node}`, {});
    if (!following) await follow();
  } catch (error) {
    process.stderr.write(`lease not renewed: ${error instanceof Error ? error.message : String(error)}\n`);
    for (const watch of watches) watch.close();
  }
}

let following = false;
let watches: { close: () => void }[] = [];

async function follow(): Promise<void> {
  const query = `fieldSelector=${encodeURIComponent(`spec.nodeName=${settings.node}`)}`;
  const { items } = (await api.call('GET', `/api/v1/pods?${query}`)) as { items: KubeObject[] };
  pods.podsAre(items);
  following = true;
  const ended = () => {
    following = false;
    for (const watch of watches) watch.close();
  };
  watches = [api.watch(`/api/v1/pods?watch=1&${query}`, (event) => pods.podIs(event), ended)];
  if (pods.followsNodes) watches.push(api.watch('/api/v1/nodes?watch=1', (event) => pods.nodeIs(event), ended));
  const dns = `/api/v1/namespaces/kube-system/pods?watch=1&labelSelector=${encodeURIComponent('k8s-app=coredns')}`;
  if (pods.followsDns) watches.push(api.watch(dns, (event) => pods.dnsPodIs(event), ended));
}

server.listen(10250, '0.0.0.0', () => {
  writeSync(3, 'listening\n');
  closeSync(3);
  void beat();
  setInterval(() => void beat(), 10_000);
});
