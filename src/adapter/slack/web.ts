import { webApi } from '@slack/bolt';
import type { Logger } from '@slack/bolt';
import { NoAnswer, TooMany } from './gate.ts';
import { say } from './words.ts';

/** Every method of the Web API that netdiag calls itself; `manifest.yml` asks for the scopes of these and no others. */
export const webMethods = [
  'auth.test',
  'chat.getPermalink',
  'chat.postEphemeral',
  'chat.postMessage',
  'chat.update',
  'conversations.history',
  'conversations.info',
  'conversations.members',
  'conversations.replies',
  'files.completeUploadExternal',
  'files.getUploadURLExternal',
  'usergroups.users.list',
  'users.info',
  'views.open',
  'views.publish',
] as const;
export type WebMethod = (typeof webMethods)[number];

const remedies: Readonly<Record<string, string>> = say.slack.remedies;

/** Slack answered that it will not. `code` is Slack's own word for it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  constructor(method: string, code: string) {
    super(say.slack.refused(method, remedies[code] ?? code));
    this.code = code;
  }
}

/** Calls Slack's Web API once: never repeats, never waits. Throws TooMany, Refused or NoAnswer. */
export type CallWeb = (method: WebMethod, args: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>;

/**
 * The only client of the Web API. `apiUrl` absent: Slack itself. The client's own retries are off, because it repeats
 * posts that Slack has taken, and one 429 would hold up every other call.
 */
export function webCaller(options: {
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly logger: Logger;
}): CallWeb {
  const client = new webApi.WebClient(options.token, {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    logger: options.logger,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: 10_000,
    allowAbsoluteUrls: false,
  });
  return async (method, args) => {
    try {
      return { ...(await client.apiCall(method, { ...args })) };
    } catch (problem) {
      if (problem instanceof webApi.WebAPIRateLimitedError) throw new TooMany(problem.retryAfter * 1000);
      if (problem instanceof webApi.WebAPIPlatformError) throw new Refused(method, problem.data.error);
      const why = problem instanceof Error ? problem.message : String(problem);
      throw new NoAnswer(say.slack.silent(method, why));
    }
  };
}
