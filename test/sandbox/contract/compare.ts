import { setTimeout as sleep } from 'node:timers/promises';
import type { Golden } from './golden.ts';

/** What Slack said of one payload. */
export interface Verdict {
  readonly name: string;
  readonly as: Golden['as'];
  /** The method that was asked; `chat.postMessage` where blocks.validate is not offered, or when posting was wanted. */
  readonly method: string;
  readonly ours: readonly string[];
  /** `ok`, or Slack's error code. */
  readonly theirs: string;
  /** What Slack gave beside the code, as it came. */
  readonly errors: unknown;
  readonly agrees: boolean;
}

/** Whom to ask. `call` is one call of the Web API; `channel`, when given, is posted into as well, and cleaned again. */
export interface Asked {
  readonly call: Call;
  readonly channel: string | undefined;
  /** Between two calls, in ms: one message a second is all that a channel takes. */
  readonly paceMs: number;
}

export type Call = (method: string, args: object) => Promise<Answer>;

/** An answer of the Web API; `retryAfter` in seconds on a 429. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const mostTries = 5;

/** Sends every payload to blocks.validate, messages that we take also to the channel, and says where Slack decides otherwise. */
export async function compare(goldens: readonly Golden[], asked: Asked): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const golden of goldens) {
    const validated = await patiently(asked, 'blocks.validate', { [golden.as]: golden.payload });
    const offered = validated['error'] !== 'unknown_method';
    if (offered) verdicts.push(verdict(golden, 'blocks.validate', validated));
    const { channel } = asked;
    if (channel === undefined || golden.as === 'view' || (offered && golden.ours.length > 0)) continue;
    const message = { channel, text: `netdiag: ${golden.name}`, unfurl_links: false, ...golden.payload };
    const posted = await patiently(asked, 'chat.postMessage', message);
    verdicts.push(verdict(golden, 'chat.postMessage', posted));
    if (posted['ok'] === true) await patiently(asked, 'chat.delete', { channel, ts: posted['ts'] });
  }
  return verdicts;
}

function verdict({ name, as, ours }: Golden, method: string, body: Answer['body']): Verdict {
  const ok = body['ok'] === true;
  const theirs = ok ? 'ok' : String(body['error']);
  const errors = body['errors'] ?? body['response_metadata'] ?? null;
  return { name, as, method, ours, theirs, errors, agrees: ok === (ours.length === 0) };
}

/** One call, again after a 429 when Slack's time is over. */
async function patiently({ call, paceMs }: Asked, method: string, args: object): Promise<Answer['body']> {
  for (let tries = 1; ; tries += 1) {
    const { status, retryAfter, body } = await call(method, args);
    if (paceMs > 0) await sleep(paceMs);
    if (status !== 429) return body;
    if (tries === mostTries) throw new Error(`Slack answered ${method} with 429 ${tries} times; ask again later.`);
    await sleep(retryAfter * 1000);
  }
}
