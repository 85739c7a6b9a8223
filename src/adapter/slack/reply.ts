import type { Thread } from '../../port.ts';
import type { Source } from './inbound.ts';
import type { Log } from './log.ts';
import { spoken, threadTs, unfurled } from './spoken.ts';
import { whisper } from './view/index.ts';

/** Sends one JSON body to an address of Slack's; true when it was taken. */
export type PostJson = (url: string, body: object) => Promise<boolean>;

/** Answers one person alone, where they acted. */
export type Reply = (source: Source, sentence: string) => Promise<void>;

/**
 * Answers through the payload's own address, which works even where netdiag is no member, else by an ephemeral message.
 * Never throws: when neither works, the log has the sentence.
 */
export function replier(postJson: PostJson, thread: Pick<Thread, 'whisper'>, log: Log): Reply {
  return async ({ by, place, responseUrl }, sentence) => {
    const under = threadTs(place);
    const { text, blocks } = spoken(whisper(sentence));
    const body = {
      response_type: 'ephemeral',
      replace_original: false,
      text,
      blocks,
      ...unfurled,
      ...(under === undefined ? {} : { thread_ts: under }),
    };
    if (responseUrl !== null && (await postJson(responseUrl, body).catch(() => false))) return;
    try {
      await thread.whisper(place, by, sentence);
    } catch (problem) {
      const why = problem instanceof Error ? problem.message : String(problem);
      log('warn', `${by.id} in ${place.channel} could not be answered. ${why} The answer was: ${sentence}`);
    }
  };
}

/** POST as JSON within 10 s, following no redirect. */
export const postJson: PostJson = async (url, body) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  return answer.ok;
};
