import { App, SocketModeReceiver } from '@slack/bolt';
import type { AppOptions, Logger, ReceiverEvent } from '@slack/bolt';
import type { Clock } from '../../port.ts';
import type { Ack } from './intake.ts';
import type { Log } from './log.ts';

/** How long a socket may take to open before the start fails, and to close before it is left. */
const openMs = 30_000;
const closeMs = 3000;

/**
 * Bolt acknowledges events before any listener has seen them, and never acknowledges a command or an action that no listener
 * matches. Here every payload is passed on as it comes, and whoever takes it acknowledges it once it is recorded.
 */
class RecordingApp extends App {
  readonly #take: (body: unknown, ack: Ack) => Promise<void>;

  constructor(take: (body: unknown, ack: Ack) => Promise<void>, options: AppOptions) {
    super(options);
    this.#take = take;
  }

  override async processEvent({ body, ack }: ReceiverEvent): Promise<void> {
    await this.#take(body, async (answer) => ack(answer));
  }
}

/** Who the bot is, from `auth.test`. */
export interface Bot {
  readonly team: string;
  readonly userId: string;
  readonly botId: string;
}

/** A way by which payloads come in: one Socket Mode connection, or requests of Slack's. */
export interface Inlet {
  /** Resolves once payloads can come; rejects with one sentence. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * One Bolt app on one socket. Every payload goes to `take`, known or not.
 *
 * The receiver and the app get options of their own: the socket client writes its retries into the object that it is
 * given. Its retries have a cap, else an hour without Slack is followed by twenty more minutes of silence. `authorize`
 * keeps Bolt from calling `auth.test` in its constructor, where a bad token would end the process.
 */
export function slackSocket(options: {
  readonly botToken: string;
  readonly appToken: string;
  readonly apiUrl: string | undefined;
  readonly bot: Bot;
  readonly logger: Logger;
  readonly log: Log;
  readonly clock: Clock;
  readonly take: (body: unknown, ack: Ack) => Promise<void>;
}): Inlet {
  const { apiUrl, logger, clock, log, bot } = options;
  const address = apiUrl === undefined ? {} : { slackApiUrl: apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger,
    installerOptions: {
      clientOptions: {
        ...address,
        timeout: 10_000,
        retryConfig: { forever: true, factor: 1.5, maxTimeout: 15_000 },
      },
    },
  });
  const app = new RecordingApp(options.take, {
    receiver,
    logger,
    clientOptions: { ...address, timeout: 10_000, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
    authorize: () =>
      Promise.resolve({ botToken: options.botToken, botId: bot.botId, botUserId: bot.userId, teamId: bot.team }),
    convoStore: false,
  });
  app.error((problem) => {
    log('error', `Slack SDK: ${problem.message}`);
    return Promise.resolve();
  });
  let closing = false;
  receiver.client.on('connected', () => {
    if (closing) void receiver.client.disconnect();
  });

  return {
    open: async () => {
      const enough = new AbortController();
      const late = async (): Promise<void> => {
        await clock.sleep(openMs, enough.signal);
        if (!enough.signal.aborted) throw new Error('Slack did not open a socket within 30 s.');
      };
      try {
        await Promise.race([app.start(), late()]);
      } catch (problem) {
        const why = problem instanceof Error ? problem.message : 'the connection was closed';
        throw new Error(
          `netdiag could not connect to Slack by Socket Mode: ${why} Check SLACK_APP_TOKEN and the network.`,
          {
            cause: problem,
          },
        );
      } finally {
        enough.abort();
      }
    },
    close: async () => {
      closing = true;
      const enough = new AbortController();
      await Promise.race([receiver.client.disconnect(), clock.sleep(closeMs, enough.signal)]);
      enough.abort();
    },
  };
}
