import { shown } from './problem.ts';
import type { Problem } from './problem.ts';

/** The Slack app that netdiag speaks as. */
export interface SlackSettings {
  readonly botToken: string;
  /** Empty where payloads come by HTTP. */
  readonly appToken: string;
  /** Slack sends requests to `port`, signed; `null` where netdiag opens a socket. */
  readonly http: { readonly signingSecret: string; readonly port: number } | null;
  /** Base address of Slack's Web API; `null` for Slack itself. */
  readonly apiUrl: string | null;
}

/** The environment as a program sees it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable's value; `null` when it is missing or empty, as an unset secret in a manifest is. */
export function variable(env: Environment, name: string): string | null {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === undefined || value.trim() === '' ? null : value.trim();
}

/** Slack's settings, and what is wrong with them. A token is never shown, not even its beginning. */
export function slackSettings(env: Environment): {
  readonly slack: SlackSettings;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const token = (name: string, form: string): string => {
    const value = variable(env, name);
    const right = value !== null && value.startsWith(form) && /^[A-Za-z0-9-]{8,400}$/.test(value);
    if (!right) {
      const found = value === null ? 'nothing' : 'something else (not shown)';
      problems.push({ setting: name, where: 'environment', says: `found ${found}, expected a token ${form}…` });
    }
    return value ?? '';
  };
  const botToken = token('SLACK_BOT_TOKEN', 'xoxb-');
  const http = httpSettings(env, problems);
  const appToken = http === null ? token('SLACK_APP_TOKEN', 'xapp-') : '';
  const apiUrl = variable(env, 'SLACK_API_URL');
  if (apiUrl !== null && !isSafeAddress(apiUrl)) {
    problems.push({
      setting: 'SLACK_API_URL',
      where: 'environment',
      says: 'found another address (not shown), expected https://…/ without a user name, or http:// on loopback',
    });
  }
  return { slack: { botToken, appToken, http, apiUrl }, problems };
}

const DEFAULT_PORT = 3000;

/** HTTP where there is a signing secret; with an app token beside it nobody could tell which is meant. */
function httpSettings(env: Environment, problems: Problem[]): SlackSettings['http'] {
  const signingSecret = variable(env, 'SLACK_SIGNING_SECRET');
  if (signingSecret === null) return null;
  const wrong = (setting: string, says: string): void => void problems.push({ setting, where: 'environment', says });
  if (!/^[A-Za-z0-9_-]{16,200}$/.test(signingSecret))
    wrong('SLACK_SIGNING_SECRET', 'found something else (not shown), expected the signing secret of the app');
  if (variable(env, 'SLACK_APP_TOKEN') !== null)
    wrong('SLACK_SIGNING_SECRET', 'found beside SLACK_APP_TOKEN, expected one of the two: HTTP or Socket Mode');
  const port = variable(env, 'PORT') ?? String(DEFAULT_PORT);
  const right = /^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  if (!right) wrong('PORT', `found ${shown(port)}, expected a port, 1 to 65535`);
  return { signingSecret, port: right ? Number(port) : DEFAULT_PORT };
}

/** Tokens are sent there: encrypted, or not leaving this machine. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
