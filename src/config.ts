import { type Environment, slackSettings, variable } from './config/environment.ts';
import { ConfigError, type Problem } from './config/problem.ts';
import { fromFile } from './config/serve.ts';
import type { Config, Need } from './config/shape.ts';

export type { Environment, SlackSettings } from './config/environment.ts';
export { ConfigError, type Problem } from './config/problem.ts';
export type { Config, Need, PracticeConfig, ServeConfig } from './config/shape.ts';

/**
 * The whole configuration, frozen. Without a Slack token and without `NETDIAG_CONFIG` a command that may practise gets
 * `{mode: 'practice'}` and nothing else is looked at; otherwise whatever is missing is an error. Throws ConfigError, which
 * names every wrong setting at once. `readFile` is asked for the configuration file, and for each file that it names, whose
 * content is not kept; it throws as `readFileSync` does.
 */
export function readConfig(env: Environment, readFile: (path: string) => string, need: Need = { slack: true }): Config {
  const path = variable(env, 'NETDIAG_CONFIG');
  const tokens = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'].some(
    (name) => variable(env, name) !== null,
  );
  if (need.practice === true && path === null && !tokens) return Object.freeze({ mode: 'practice' });

  const problems: Problem[] = [];
  const slack = need.slack ? slackSettings(env) : null;
  problems.push(...(slack?.problems ?? []));
  const config = path === null ? null : fromFile(path, env, readFile, need, problems);
  if (path === null) {
    problems.push({
      setting: 'NETDIAG_CONFIG',
      where: 'environment',
      says: 'found nothing, expected the path of the configuration file',
    });
  }
  if (config === null || problems.length > 0) throw new ConfigError(problems);
  return frozen({ mode: 'serve', slack: slack?.slack ?? null, ...config });
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
