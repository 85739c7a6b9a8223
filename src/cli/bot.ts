import { painter } from '../adapter/picture/index.ts';
import { slackAdapter } from '../adapter/slack/index.ts';
import type { SlackAdapter } from '../adapter/slack/index.ts';
import { ladder } from '../capture/index.ts';
import type { SlackSettings } from '../config.ts';
import type { House } from '../incident/index.ts';
import type { Journal, Signatures } from '../port.ts';
import { desk, startWorker } from '../shell/index.ts';
import type { DeskPolicy, Log, Site } from '../shell/index.ts';
import { approverIds } from './policy.ts';
import { systemClock, systemIds } from './system.ts';

/** What fits into Slack's thread pane without wrapping, where a wrapped ladder is no ladder. */
const THREAD_COLUMNS = 46;

/** What a bot is made of. */
export interface BotParts {
  readonly slack: SlackSettings;
  readonly journal: Journal;
  readonly house: House;
  readonly sites: readonly Site[];
  readonly policy: DeskPolicy;
  /** Verifies approvers' signatures; absent: no signers are configured. */
  readonly signatures?: Signatures;
  readonly log: Log;
}

/** A bot at work. */
export interface Bot {
  /** Posts netdiag's own words into a channel. */
  say(channel: string, sentence: string): Promise<void>;
  /** Takes nothing new, finishes what is under way, sends what waits. */
  stop(): Promise<void>;
}

/** Puts Slack, the journal and the sites together and goes to work. Rejects with one sentence when Slack does not answer. */
export async function startBot({ slack, journal, house, sites, policy, log, signatures }: BotParts): Promise<Bot> {
  const adapter: SlackAdapter = slackAdapter({
    botToken: slack.botToken,
    inbound: slack.http === null ? { by: 'socket', appToken: slack.appToken } : { by: 'http', ...slack.http },
    approvers: approverIds(house.approval),
    ...(slack.apiUrl === null ? {} : { apiUrl: slack.apiUrl }),
    journal,
    clock: systemClock,
    channels: policy.channels,
    ladder: (story) => ladder(story, THREAD_COLUMNS),
    log,
  });
  const told = { thread: adapter.thread, painter: painter() };
  const verifying = signatures === undefined ? {} : { signatures };
  const workplace = { journal, ...told, ...verifying, clock: systemClock, ids: systemIds, house, sites, log };
  const worker = startWorker(workplace);
  try {
    await adapter.start(desk(workplace, policy, () => worker.nudge()));
  } catch (error) {
    await worker.stop();
    throw error;
  }
  return {
    say: (channel, sentence) => adapter.say(channel, sentence),
    async stop() {
      await worker.stop();
      await adapter.stop();
    },
  };
}

/** Resolves on the first SIGTERM or SIGINT. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
