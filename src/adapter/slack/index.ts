import type { Clock, Desk, Journal, Thread } from '../../port.ts';
import { Acting } from './acting.ts';
import { Admission } from './admission.ts';
import { formOpener } from './forms.ts';
import { Groups } from './groups.ts';
import { Home } from './home.ts';
import { Intake } from './intake.ts';
import type { Ack } from './intake.ts';
import { linker } from './links.ts';
import type { Log } from './log.ts';
import { sdkLogger } from './log.ts';
import { NoAnswer } from './gate.ts';
import { NodeList } from './nodes.ts';
import { Pace } from './pace.ts';
import { postJson, replier } from './reply.ts';
import { slackSocket } from './app.ts';
import type { Bot, Inlet } from './app.ts';
import { httpInlet } from './http.ts';
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
  /** How payloads come in: over two sockets, or as signed requests of Slack's to a port. */
  readonly inbound:
    | { readonly by: 'socket'; readonly appToken: string }
    | { readonly by: 'http'; readonly signingSecret: string; readonly port: number };
  /** Base of the Web API, with a slash at the end; absent: Slack itself. */
  readonly apiUrl?: string;
  readonly journal: Pick<Journal, 'receive' | 'handled' | 'unhandled'>;
  readonly clock: Clock;
  /** Ids of the people and user groups that may approve; the groups are asked for their members. Absent: nobody. */
  readonly approvers?: readonly string[];
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
  /** Posts netdiag's own words into a channel, outside of any incident. Rejects with one sentence when Slack does not take them. */
  say(channel: string, sentence: string): Promise<void>;
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
  const approvers = options.approvers ?? [];
  const speaking = new SlackThread({ call, pace, ladder: options.ladder, postBytes, clock, log, known: approvers });
  let home: Home | null = null;
  const thread = alsoAtHome(speaking, () => home);
  const closed = new AbortController();
  let intake: Intake | null = null;
  let inlets: Inlet[] = [];
  let forget = (): void => {};

  return {
    thread,
    start: async (desk) => {
      forget = tolerate(log);
      const bot = await whoAmI((method, args) => pace.call(method, () => call(method, args)), clock);
      const channels = options.channels === undefined || options.channels.length === 0 ? null : options.channels;
      const admission = new Admission({ call, pace, clock, team: bot.team, channels });
      const groups = new Groups({ call, pace, clock, approvers });
      const linkTo = linker(call, pace, log);
      const nodes = new NodeList(() => desk.nodes(), clock);
      const tab = new Home({ call, pace, desk, admission, groups, approvers, nodes, linkTo, clock, log });
      home = tab;
      const atHome = (person: string, sentence: string): Promise<void> =>
        tab.notice({ by: { id: person, name: '' }, team: bot.team }, sentence);
      const reply = replier({ postJson, thread: speaking, atHome, linkTo, log });
      const channel = channels?.length === 1 ? (channels[0] ?? null) : null;
      const openForm = formOpener(call, pace);
      const acting = new Acting({ desk, admission, nodes, openForm, groups, thread, clock, channel });
      const taking = new Intake({
        journal: options.journal,
        desk,
        acting,
        admission,
        nodes,
        home: tab,
        reply,
        clock,
        log,
      });
      intake = taking;
      const take = (body: unknown, ack: Ack): Promise<void> => taking.take(body, ack);
      const { inbound } = options;
      const inlet = (): Inlet =>
        inbound.by === 'http'
          ? httpInlet({ ...inbound, clock, log, take })
          : slackSocket({
              botToken: options.botToken,
              appToken: inbound.appToken,
              apiUrl,
              bot,
              logger,
              log,
              clock,
              take,
            });
      const first = inlet();
      inlets = [first];
      await first.open();
      taking.replay().catch((problem: unknown) => log('error', `Earlier wishes were not taken up: ${String(problem)}`));
      if (inbound.by === 'socket') void openLater(inlet);
    },
    say: async (channel, text) => {
      await pace.call('chat.postMessage', () => call('chat.postMessage', { channel, text, mrkdwn: false }));
    },
    stop: async () => {
      closed.abort();
      await Promise.race([intake?.drain(), clock.sleep(farewellMs, stopping.signal)]);
      await Promise.all(inlets.map((one) => one.close()));
      await Promise.race([pace.idle(), clock.sleep(farewellMs, stopping.signal)]);
      stopping.abort();
      forget();
    },
  };

  /** A second socket takes commands while the first one is renewed, which leaves 5 s or more without it. */
  async function openLater(inlet: () => Inlet): Promise<void> {
    await clock.sleep(options.secondSocketAfterMs ?? 20_000, closed.signal);
    if (closed.signal.aborted) return;
    const second = inlet();
    inlets = [...inlets, second];
    await second.open().catch((problem: unknown) => log('warn', `netdiag goes on with one socket. ${String(problem)}`));
  }
}

/** What is shown in a thread is news for the Home tabs; whoever is told something alone reads it there too. */
function alsoAtHome(thread: Thread, home: () => Home | null): Thread {
  return {
    show: async (...given) => {
      const shown = await thread.show(...given);
      home()?.changed();
      return shown;
    },
    attach: (...given) => thread.attach(...given),
    whisper: async (place, to, sentence) => {
      const tab = home();
      if (tab?.pressed(to.id) === true) await tab.notice({ by: to, team: place.team }, sentence);
      else await thread.whisper(place, to, sentence);
    },
  };
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
