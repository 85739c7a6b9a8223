import { readFileSync } from 'node:fs';
import { kubernetesCluster } from '../adapter/kubernetes/index.ts';
import { knownHosts, pinnedHostKeys, sshNodeShell } from '../adapter/ssh/index.ts';
import type { SshNodeShell } from '../adapter/ssh/index.ts';
import { compileFilter } from '../capture/index.ts';
import { recogniseCni } from '../cni/index.ts';
import type { ServeConfig } from '../config.ts';
import type { Site } from '../shell/index.ts';
import { systemClock } from './system.ts';

/** The configured cluster and the way to its nodes; `shell` hangs up everywhere at the end. */
export function connect({ cluster, ssh }: ServeConfig): { readonly site: Site; readonly shell: SshNodeShell } {
  const { hostKeys } = ssh;
  const shell = sshNodeShell({
    user: ssh.user,
    privateKey: readFileSync(ssh.privateKeyFile),
    ...(ssh.fixKeyFile === undefined ? {} : { fixKey: readFileSync(ssh.fixKeyFile) }),
    gateRequired: ssh.gate === true,
    hostKeys:
      hostKeys.from === 'pinned'
        ? pinnedHostKeys(hostKeys.fingerprints)
        : knownHosts(readFileSync(hostKeys.file, 'utf8')),
    port: ssh.port,
    clock: systemClock,
    compileFilter,
  });
  const api = kubernetesCluster({
    name: cluster.name,
    ...(cluster.kubeconfig === null ? {} : { kubeconfig: cluster.kubeconfig }),
    ...(cluster.context === null ? {} : { context: cluster.context }),
    inCluster: cluster.inCluster,
    clock: systemClock,
    recogniseCni,
  });
  return { site: { cluster: api, nodes: shell, doors: ssh.nodes }, shell };
}
