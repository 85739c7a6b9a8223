import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { KeyPair } from './keys.ts';
import { labFiles, type LabNode } from './record.ts';

/** What the files point at. */
export interface Pointers {
  runDir: string;
  /** Name of the cluster, as netdiag shows it. */
  cluster: string;
  apiServer: string;
  caFile: string;
  token: string;
  userKey: KeyPair;
  nodes: readonly LabNode[];
}

/**
 * Writes kubeconfig, known_hosts and netdiag's own configuration. Nodes with a management address are configured by it; where
 * there is none the configuration names no address, and the doors come from node.status.
 */
export function writeConfigFiles(to: Pointers): void {
  const files = labFiles(to.runDir);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: to.cluster,
        cluster: { server: to.apiServer, 'certificate-authority-data': readFileSync(to.caFile).toString('base64') },
      },
    ],
    users: [{ name: 'netdiag', user: { token: to.token } }],
    contexts: [{ name: to.cluster, context: { cluster: to.cluster, user: 'netdiag' } }],
    'current-context': to.cluster,
  };
  writeFileSync(files.kubeconfig, stringify(kubeconfig), { mode: 0o600 });
  const known = to.nodes.map(({ name, addresses, mgmt, hostKey }) => {
    const names = [name, ...(mgmt === undefined ? [] : [mgmt]), ...addresses];
    return `${names.join(',')} ${hostKey}\n`;
  });
  writeFileSync(files.knownHosts, known.join(''));
  const configured = to.nodes.filter(({ mgmt }) => mgmt !== undefined);
  const config = {
    cluster: { name: to.cluster, kubeconfig: files.kubeconfig },
    ssh: {
      user: 'root',
      privateKeyFile: to.userKey.file,
      knownHostsFile: files.knownHosts,
      ...(configured.length > 0
        ? { nodes: Object.fromEntries(configured.map(({ name, mgmt }) => [name, { address: mgmt }])) }
        : {}),
    },
  };
  writeFileSync(files.config, stringify(config), { mode: 0o600 });
}
