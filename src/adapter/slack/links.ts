import type { MessageRef } from '../../model/index.ts';
import type { Log } from './log.ts';
import type { Pace } from './pace.ts';
import { pointed } from './spoken.ts';
import type { CallWeb } from './web.ts';

const mostRemembered = 500;

/** The address at which a message opens in Slack; null when Slack does not give one. It never changes. */
export type LinkTo = (message: MessageRef) => Promise<string | null>;

export function linker(call: CallWeb, pace: Pace, log: Log): LinkTo {
  const known = new Map<MessageRef, Promise<string | null>>();
  const ask = async (message: MessageRef): Promise<string | null> => {
    try {
      const { channel, ts } = pointed(message);
      const { permalink } = await pace.call('chat.getPermalink', () =>
        call('chat.getPermalink', { channel, message_ts: ts }),
      );
      if (typeof permalink === 'string' && URL.canParse(permalink)) return permalink;
    } catch (problem) {
      log('warn', `There is no link to a thread: ${problem instanceof Error ? problem.message : String(problem)}`);
    }
    known.delete(message);
    return null;
  };
  return (message) => {
    const kept = known.get(message) ?? ask(message);
    known.set(message, kept);
    for (const oldest of known.keys()) if (known.size > mostRemembered) known.delete(oldest);
    return kept;
  };
}
