import { basename, delimiter, dirname, resolve } from 'node:path';
import { approvalSettings } from './approval.ts';
import { type Environment, variable } from './environment.ts';
import { readSettings } from './file.ts';
import { type Problem, shown } from './problem.ts';
import type { FileSettings } from './schema.ts';
import type { Need, ServeConfig } from './shape.ts';

/** What the configuration file decides. */
export type FromFile = Omit<ServeConfig, 'mode' | 'slack'>;

/** Reads the file, and whatever it names; adds to `problems`. `null` when the file is not whole in itself. */
export function fromFile(
  path: string,
  env: Environment,
  readFile: (path: string) => string,
  need: Need,
  problems: Problem[],
): FromFile | null {
  const name = basename(path);
  const text = attempt(() => readFile(path));
  if ('failed' in text) {
    const says = `found ${shown(path)}, which ${text.failed}`;
    problems.push({ setting: 'NETDIAG_CONFIG', where: 'environment', says });
    return null;
  }
  const { settings, problems: wrong, where } = readSettings(name, text.value);
  problems.push(...wrong);
  if (settings === null) return null;

  const missing = (setting: string, says: string): void => {
    problems.push({ setting, where: where(setting.split('.')), says });
  };
  const absolute = (file: string): string => resolve(dirname(path), file);
  const readable = (setting: string, file: string): string => {
    const whole = absolute(file);
    const read = attempt(() => readFile(whole));
    if ('failed' in read) missing(setting, `found ${shown(file)}, which ${read.failed}`);
    return whole;
  };
  return {
    cluster: { name: settings.cluster.name, ...clusterAccess(settings, env, readable, missing) },
    ssh: {
      user: settings.ssh.user,
      privateKeyFile: readable('ssh.privateKeyFile', settings.ssh.privateKeyFile),
      ...(settings.ssh.fixKeyFile === undefined
        ? {}
        : { fixKeyFile: readable('ssh.fixKeyFile', settings.ssh.fixKeyFile) }),
      ...(settings.ssh.gate === undefined ? {} : { gate: settings.ssh.gate }),
      hostKeys: hostKeys(settings, readable, missing),
      port: settings.ssh.port ?? 22,
      nodes: Object.fromEntries(
        Object.entries(settings.ssh.nodes ?? {}).map(([node, { address, port }]) => [
          node,
          { address, port: port ?? settings.ssh.port ?? 22 },
        ]),
      ),
    },
    starters: settings.starters ?? null,
    approval: approvalSettings(settings, need, readable, missing),
    journal: journal(settings, need, absolute, missing),
    audit: {
      checkpointFile: settings.audit?.checkpointFile === undefined ? null : absolute(settings.audit.checkpointFile),
      channel: settings.audit?.channel ?? null,
    },
    channels: settings.channels ?? null,
  };
}

export type Missing = (setting: string, says: string) => void;
export type Readable = (setting: string, file: string) => string;

function clusterAccess(
  { cluster }: FileSettings,
  env: Environment,
  readable: Readable,
  missing: Missing,
): Omit<ServeConfig['cluster'], 'name'> {
  const fromEnv = variable(env, 'KUBECONFIG');
  const context = cluster.context ?? null;
  if (cluster.kubeconfig !== undefined) {
    return { kubeconfig: readable('cluster.kubeconfig', cluster.kubeconfig), context, inCluster: false };
  }
  if (fromEnv !== null)
    return { kubeconfig: fromEnv.split(delimiter).filter(Boolean).join(delimiter), context, inCluster: false };
  const inCluster = variable(env, 'KUBERNETES_SERVICE_HOST') !== null;
  if (!inCluster) {
    missing(
      'cluster.kubeconfig',
      'found nothing, expected the path of a kubeconfig here or in KUBECONFIG, or a pod to run in',
    );
  } else if (context !== null) {
    missing(
      'cluster.context',
      `found ${shown(context)}, but a pod's own service account has no contexts; give kubeconfig too`,
    );
  }
  return { kubeconfig: null, context: null, inCluster };
}

function hostKeys({ ssh }: FileSettings, readable: Readable, missing: Missing): ServeConfig['ssh']['hostKeys'] {
  const { knownHostsFile, hostKeys: fingerprints } = ssh;
  if (knownHostsFile !== undefined && fingerprints !== undefined) {
    missing('ssh.hostKeys', 'found beside knownHostsFile, expected one of the two');
  }
  if (knownHostsFile !== undefined)
    return { from: 'known-hosts', file: readable('ssh.knownHostsFile', knownHostsFile) };
  if (fingerprints === undefined || Object.keys(fingerprints).length === 0) {
    missing(
      'ssh.knownHostsFile',
      "found nothing, expected it or hostKeys: netdiag never trusts a node's key at first sight",
    );
  }
  return { from: 'pinned', fingerprints: fingerprints ?? {} };
}

function journal(
  { journal: given }: FileSettings,
  need: Need,
  absolute: (file: string) => string,
  missing: Missing,
): ServeConfig['journal'] {
  if (given === undefined) {
    if (need.slack) missing('journal', 'found nothing, expected a mapping with url');
    return { url: 'sqlite::memory:' };
  }
  const file = /^sqlite:([^\0\r\n?]{1,4096})$/.exec(given.url)?.[1];
  if (/^postgres(?:ql)?:/.test(given.url)) {
    missing('journal.url', 'found a PostgreSQL address, which this version cannot use yet; expected sqlite:PATH');
  } else if (file === undefined) {
    missing('journal.url', `found ${shown(given.url)}, expected sqlite:PATH`);
  } else if (file === ':memory:' && need.slack) {
    missing('journal.url', 'found a journal in memory, expected sqlite:PATH: incidents have to survive a restart');
  }
  return { url: file === undefined || file === ':memory:' ? 'sqlite::memory:' : `sqlite:${absolute(file)}` };
}

function attempt<T>(read: () => T): { readonly value: T } | { readonly failed: string } {
  try {
    return { value: read() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    return { failed: code === 'ENOENT' ? 'does not exist' : `cannot be read${code === null ? '' : ` (${code})`}` };
  }
}
