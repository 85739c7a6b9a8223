/**
 * The stand-in kubelet of a node, a process in its network namespace: HTTPS on port 10250 of all its addresses, so that who
 * answers a SYN there is the kernel. Serves /healthz and the logs of its own pods, everything else is not found, and renews the
 * node's lease every 10 s at the API server, as a kubelet does
 * (https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats).
 * Usage: kubelet.ts SETTINGS; writes a line to descriptor 3 when it listens.
 */
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { createServer, request } from 'node:https';

export interface KubeletSettings {
  node: string;
  certFile: string;
  keyFile: string;
  apiServer: string;
  caFile: string;
  token: string;
  /** `namespace/pod/container` of everything that runs here. */
  containers: readonly string[];
}

const [settingsFile] = process.argv.slice(2);
if (!settingsFile) throw new Error('usage: kubelet.ts SETTINGS');
const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as KubeletSettings;
process.title = 'kubelet';

const server = createServer(
  { cert: readFileSync(settings.certFile), key: readFileSync(settings.keyFile) },
  (message, response) => {
    const path = (message.url ?? '/').split('?')[0] ?? '/';
    const container = path.startsWith('/containerLogs/') ? path.slice('/containerLogs/'.length) : null;
    if (path === '/healthz') response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
    else if (container !== null && settings.containers.includes(container)) {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${container} is up\n`);
    } else response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
  },
);
const ca = readFileSync(settings.caFile);

function renewLease(): void {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${settings.node}`;
  const headers = { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json' };
  const ask = request(`${settings.apiServer}${path}`, { method: 'PUT', headers, ca, agent: false }, (response) =>
    response.resume(),
  );
  ask.setTimeout(10_000, () => ask.destroy());
  ask.on('error', (error) => process.stderr.write(`lease not renewed: ${error.message}\n`));
  ask.end('{}');
}

server.listen(10250, '0.0.0.0', () => {
  writeSync(3, 'listening\n');
  closeSync(3);
  renewLease();
  setInterval(renewLease, 10_000);
});
