import { slackSettings } from '../../config/environment.ts';
import { ConfigError, readConfig } from '../../config.ts';
import type { Environment, Problem, ServeConfig, SlackSettings } from '../../config.ts';
import { complaintLine, readPlaybooks } from '../house.ts';
import { type About, count, fault, type Item, ok, unseen } from './item.ts';

/** The settings as far as they can be used, each part by itself, and everything that is wrong with them. */
export interface Settings {
  /** `null` where the file is wrong. */
  readonly config: ServeConfig | null;
  /** `null` where the tokens are wrong, or Slack is not asked about. */
  readonly slack: SlackSettings | null;
  readonly problems: readonly Problem[];
}

/** Reads the settings. A mistake in one part does not hide the other. */
export function readSettings(env: Environment, read: (path: string) => string, slack: boolean): Settings {
  const whole = attempt(env, read, slack);
  const config = whole.config ?? (slack ? attempt(env, read, false).config : null);
  const { slack: tokens, problems } = slackSettings(env);
  return { config, slack: slack && problems.length === 0 ? tokens : null, problems: whole.problems };
}

/** One item for everything that is right, or one for each mistake. */
export function settingsItems({ config, problems }: Settings): readonly Item[] {
  const about = { id: 'configuration.settings', title: 'settings' };
  if (problems.length === 0 && config !== null) return [ok(about, told(config))];
  return problems.map(({ setting, where, says }) => {
    const one: About = { ...about, of: setting };
    const place = where === 'environment' ? 'in the environment' : `at ${where}`;
    return fault(
      one,
      `${setting} ${place}: ${says}`,
      `Correct ${setting} ${place}; docs/operator.md lists every setting.`,
    );
  });
}

/** The playbooks in their directory: without mistakes, else netdiag does not start. */
export function playbooksItem(directory: string): Item {
  const about = { id: 'configuration.playbooks', title: 'playbooks' };
  try {
    const { playbooks, complaints } = readPlaybooks(directory);
    const [first] = complaints;
    const mend = 'Run netdiag playbook lint, and correct what it names.';
    if (first !== undefined)
      return fault(about, `${count(complaints.length, 'mistake')}: ${complaintLine(first)}`, mend);
    if (playbooks.length === 0) return fault(about, `there is none in ${directory}`, 'Install netdiag again.');
    return ok(about, `${playbooks.length}, no mistakes`);
  } catch (error) {
    return unseen(about, `they cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function told({ cluster, approval, ssh }: ServeConfig): string {
  const access = cluster.inCluster ? "the pod's service account" : 'a kubeconfig';
  const approvers = approval.approvers.length;
  const people = approvers === 0 ? '' : `, ${count(approvers, 'approver')}`;
  return `cluster ${cluster.name} by ${access}, nodes as ${ssh.user}${people}`;
}

function attempt(
  env: Environment,
  read: (path: string) => string,
  slack: boolean,
): { readonly config: ServeConfig | null; readonly problems: readonly Problem[] } {
  try {
    const config = readConfig(env, read, { slack });
    return { config: config.mode === 'serve' ? config : null, problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { config: null, problems: error.problems };
    throw error;
  }
}
