import type { Clock, Desk, Journal, Thread } from '../../port.ts';
import { Admission } from './admission.ts';
import { Intake } from './intake.ts';
import type { Log } from './log.ts';
import { sdkLogger } from './log.ts';
import { NoAnswer } from './gate.ts';
import { Pace } from './pace.ts';
import { postJson, replier } from './reply.ts';
import { slackSocket } from './app.ts';
import type { Bot, SlackSocket } from './app.ts';
import { SlackThread } from './thread.ts';
import { tolerate } from './tolerate.ts';
import { postBytes } from './upload.ts';
import type { Ladder } from './view/index.ts';
import type { CallWeb } from './web.ts';
import { webCaller } from './web.ts';

export type { Ladder } from './view/index.ts';
export type { Log } from './log.ts';

/** What the adapter needs from outside. */
export interface SlackOptions {
  readonly botToken: string;
  readonly appToken: string;
  /** Base of the Web API, with a slash at the end; absent: Slack itself. */
  readonly apiUrl?: string;
  readonly journal: Pick<Journal, 'receive' | 'handled' | 'unhandled'>;
  readonly clock: Clock;
  /** Channels in which netdiag works; absent or empty: every one that it is in. */
  readonly channels?: readonly string[];
  /** Draws the packets of a story as text, for the finding. */
  readonly ladder: Ladder;
  readonly log: Log;
  /** Pause before the second socket opens, so that Slack does not renew both at the same moment. Absent: 20,000. */
  readonly secondSocketAfterMs?: number;
}

/** netdiag in Slack: a way to speak, and a way to hear. */
export interface SlackAdapter {
  /** Works from the first moment; nothing can be shown after `stop`. */
  readonly thread: Thread;
  /**
   * Connects, takes up what an earlier run recorded and did not handle, and then passes commands and presses to the
   * desk. Rejects with one sentence when Slack does not take a token or does not answer.
   */
  start(desk: Desk): Promise<void>;
  /** Takes nothing new, ends what is in work, closes the sockets and sends what waits; 10 s at most for each. */
  stop(): Promise<void>;
}

const farewellMs = 10_000;

export function slackAdapter(options: SlackOptions): SlackAdapter {
  const { clock, log, apiUrl } = options;
  const logger = sdkLogger(log);
  const stopping = new AbortController();
  const pace = new Pace(clock, stopping.signal);
  const call = webCaller({ token: options.botToken, apiUrl, logger });
  const thread = new SlackThread({ call, pace, ladder: options.ladder, postBytes, log });
  const closed = new AbortController();
  let intake: Intake | null = null;
  let sockets: SlackSocket[] = [];
  let forget = (): void => {};

  return {
    thread,
    start: async (desk) => {
      forget = tolerate(log);
      const bot = await whoAmI((method, args) => pace.call(method, () => call(method, args)), clock);
      const channels = options.channels === undefined || options.channels.length === 0 ? null : options.channels;
      const admission = new Admission({ call, pace, clock, team: bot.team, channels });
      const reply = replier(postJson, thread, log);
      const taking = new Intake({ journal: options.journal, desk, admission, reply, clock, log });
      intake = taking;
      const socket = (): SlackSocket =>
        slackSocket({ ...options, apiUrl, bot, logger, take: (body, ack) => taking.take(body, ack) });
      const first = socket();
      sockets = [first];
      await first.open();
      taking.replay().catch((problem: unknown) => log('error', `Earlier wishes were not taken up: ${String(problem)}`));
      void openLater(socket);
    },
    stop: async () => {
      closed.abort();
      await Promise.race([intake?.drain(), clock.sleep(farewellMs, stopping.signal)]);
      await Promise.all(sockets.map((one) => one.close()));
      await Promise.race([pace.idle(), clock.sleep(farewellMs, stopping.signal)]);
      stopping.abort();
      forget();
    },
  };

  /** A second socket takes commands while the first one is renewed, which leaves 5 s or more without it. */
  async function openLater(socket: () => SlackSocket): Promise<void> {
    await clock.sleep(options.secondSocketAfterMs ?? 20_000, closed.signal);
    if (closed.signal.aborted) return;
    const second = socket();
    sockets = [...sockets, second];
    await second.open().catch((problem: unknown) => log('warn', `netdiag goes on with one socket. ${String(problem)}`));
  }
}

async function whoAmI(call: CallWeb, clock: Clock): Promise<Bot> {
  for (const pause of [1000, 3000, null]) {
    try {
      const { team_id: team, user_id: userId, bot_id: botId } = await call('auth.test', {});
      return { team: String(team), userId: String(userId), botId: String(botId) };
    } catch (problem) {
      if (!(problem instanceof NoAnswer) || pause === null) throw problem;
      await clock.sleep(pause);
    }
  }
  throw new NoAnswer('Slack did not answer auth.test.');
}
