import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterAccess } from '../../adapter/kubernetes/access.ts';
import { slackQuestions } from '../../adapter/slack/questions.ts';
import type { Environment, ServeConfig } from '../../config.ts';
import type { Clock } from '../../port.ts';
import { connect } from '../connect.ts';
import { PLAYBOOKS } from '../house.ts';
import { clusterItems } from './cluster.ts';
import { doctorDocument, plainJson } from './document.ts';
import { fileItems } from './files.ts';
import { exitOf, type Item, unseen } from './item.ts';
import { journalItems } from './journal.ts';
import { manifestScopes } from './manifest.ts';
import { chosen, nodeItems } from './nodes.ts';
import type { DoctorRequest } from './request.ts';
import { playbooksItem, readSettings, settingsItems, type Settings } from './settings.ts';
import { slackItems } from './slack.ts';
import { table } from './table.ts';

const MANIFEST = join(import.meta.dirname, '../../../manifest.yml');

/** What the command is given. */
export interface DoctorParts {
  readonly env: Environment;
  /** Reads a file as `readFileSync` does. */
  readonly read: (path: string) => string;
  readonly clock: Clock;
  readonly out: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>;
  /** Where a person sees how far it is. */
  readonly err: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

/**
 * `netdiag doctor`: looks at everything that netdiag needs and changes nothing. Gives the exit status: 0 all well, warnings
 * included; 1 something does not work; 4 something could not be seen.
 */
export async function doctor(request: DoctorRequest, parts: DoctorParts): Promise<number> {
  const settings = readSettings(parts.env, parts.read, request.slack);
  const [own, slack, cluster] = await Promise.all([
    configuration(settings),
    request.slack ? slackRoom(settings, parts.clock) : [],
    clusterAndNodes(settings.config, request, parts),
  ]);
  const items = [...own, ...slack, ...cluster];
  const { out } = parts;
  if (request.json) out.write(`${plainJson(doctorDocument(items))}\n`);
  else {
    const shown = { columns: out.columns || 100, colour: out.isTTY };
    out.write(table(items, settings.config?.cluster.name ?? null, shown));
  }
  return exitOf(items);
}

async function configuration(settings: Settings): Promise<readonly Item[]> {
  const { config } = settings;
  const own = [...settingsItems(settings), playbooksItem(PLAYBOOKS)];
  if (config === null) return own;
  return [...own, ...fileItems(config), ...(await journalItems(config.journal.url, config.audit.checkpointFile))];
}

async function slackRoom({ slack, config }: Settings, clock: Clock): Promise<readonly Item[]> {
  if (slack === null) return [unseen({ id: 'slack.bot-token', title: 'Slack' }, 'not asked: its settings are wrong')];
  return slackItems({
    slack,
    ask: slackQuestions(slack.apiUrl, clock),
    clock,
    wanted: manifestScopes(() => readFileSync(MANIFEST, 'utf8')),
    channels: config?.channels ?? null,
    auditChannel: config?.audit.channel ?? null,
    // Users of this machine are none of Slack's.
    approvers: config?.approval.approvers.filter((id) => !id.startsWith('terminal:')) ?? null,
    starters: config?.starters ?? [],
  });
}

async function clusterAndNodes(
  config: ServeConfig | null,
  request: DoctorRequest,
  { clock, err }: DoctorParts,
): Promise<readonly Item[]> {
  if (config === null) {
    return [
      unseen({ id: 'cluster.api', title: 'cluster' }, 'not asked: the configuration is wrong'),
      unseen({ id: 'node.known', title: 'nodes' }, 'not asked: the configuration is wrong'),
    ];
  }
  const { cluster, ssh } = config;
  const { kubeconfig, context, inCluster } = cluster;
  const access = {
    ...(kubeconfig === null ? {} : { kubeconfig }),
    ...(context === null ? {} : { context }),
    inCluster,
  };
  const asked = connected(config);
  if (typeof asked === 'string') {
    return [
      unseen({ id: 'cluster.api', title: 'cluster' }, `not asked: ${asked}`),
      unseen({ id: 'node.known', title: 'nodes' }, `not asked: ${asked}`),
    ];
  }
  const { site, shell } = asked;
  try {
    const seen = await clusterItems({ cluster: site.cluster, access: clusterAccess(access, clock), clock });
    const patients = {
      shell,
      clock,
      known: seen.nodes,
      doors: ssh.nodes,
      hosts: ssh.hostKeys.from === 'known-hosts' ? ssh.hostKeys.file : null,
      progress: (done: number, all: number) => {
        if (err.isTTY && all > 1) err.write(done < all ? `\r${done} of ${all} nodes` : '\r\u001b[K');
      },
    };
    const names = chosen(request, patients);
    const none = unseen({ id: 'node.known', title: 'nodes' }, 'no node is known', 'Name one: netdiag doctor NODE');
    return [...seen.items, ...(names.length === 0 ? [none] : await nodeItems(patients, names))];
  } finally {
    await shell.closeAll();
  }
}

/** The way to the cluster and its nodes, or why there is none: a key or a known_hosts file that is none. */
function connected(config: ServeConfig): ReturnType<typeof connect> | string {
  try {
    return connect(config);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
