import type { MessageRef } from '../../model/index.ts';
import type { Source } from './inbound.ts';
import type { LinkTo } from './links.ts';
import type { Log } from './log.ts';
import { spoken, threadTs, unfurled } from './spoken.ts';
import type { SlackThread } from './thread.ts';
import { whisper } from './view/index.ts';

/** Sends one JSON body to an address of Slack's; true when it was taken. */
export type PostJson = (url: string, body: object) => Promise<boolean>;

/** Answers one person alone, where they acted; `to` is a message that the answer leads to. */
export type Reply = (source: Source, sentence: string, to?: MessageRef) => Promise<void>;

/**
 * Answers in the Home tab who acted there; anybody else through the payload's own address, which works even where netdiag is
 * no member, else by an ephemeral message. Never throws: when nothing works, the log has the sentence.
 */
export function replier(parts: {
  readonly postJson: PostJson;
  readonly thread: Pick<SlackThread, 'whisper' | 'known'>;
  readonly atHome: (person: string, sentence: string) => Promise<void>;
  readonly linkTo: LinkTo;
  readonly log: Log;
}): Reply {
  const { postJson, thread, atHome, linkTo, log } = parts;
  return async ({ by, place, responseUrl, home }, sentence, to) => {
    try {
      if (home === true) return await atHome(by.id, sentence);
      const under = threadTs(place);
      const link = to === undefined ? null : await linkTo(to);
      const { text, blocks } = spoken(whisper(sentence, thread.known, link));
      const body = {
        response_type: 'ephemeral',
        replace_original: false,
        text,
        blocks,
        ...unfurled,
        ...(under === undefined ? {} : { thread_ts: under }),
      };
      if (responseUrl !== null && (await postJson(responseUrl, body).catch(() => false))) return;
      await thread.whisper(place, by, sentence, link);
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
