/** Methods that only ask, or reserve what expires unused. */
export const questionMethods = [
  'auth.test',
  'apps.connections.open',
  'conversations.info',
  'files.getUploadURLExternal',
  'usergroups.users.list',
  'users.conversations',
  'users.info',
] as const;
export type QuestionMethod = (typeof questionMethods)[number];

/** What came back of one question. */
export type SlackAnswer = {
  /** Milliseconds since the epoch by Slack's `Date` header, which counts whole seconds; `null` when it sent none. */
  readonly date: number | null;
  /** Scopes of the token, from `x-oauth-scopes`; `null` when Slack did not say. */
  readonly scopes: readonly string[] | null;
} & (
  | { readonly is: 'answered'; readonly body: Readonly<Record<string, unknown>> }
  /** Slack will not: its own word for why, cut to what such words look like. */
  | { readonly is: 'refused'; readonly code: string }
  /** No answer that could be used, as one clause. */
  | { readonly is: 'silent'; readonly because: string }
);

/** Asks one question with one token; never throws, never shows the token. */
export type AskSlack = (
  token: string,
  method: QuestionMethod,
  args?: Readonly<Record<string, string>>,
) => Promise<SlackAnswer>;

const SLACK = 'https://slack.com/api/';
const DEADLINE_MS = 10_000;
/** A longer pause than this is told instead of waited for. */
const MOST_PAUSE_S = 30;

/**
 * Questions to the Web API with the headers of the answer, which the SDK's client keeps to itself. `apiUrl` is the base with a slash
 * at the end, absent: Slack itself. A 429 is waited for once, because nothing here is urgent.
 */
export function slackQuestions(apiUrl: string | null, clock: { sleep(ms: number): Promise<void> }): AskSlack {
  return async (token, method, args = {}) => {
    const first = await once(apiUrl ?? SLACK, token, method, args);
    if (!('pauseS' in first)) return first;
    if (first.pauseS > MOST_PAUSE_S) return silent(`it asks to wait ${first.pauseS} s before the next question`);
    await clock.sleep(first.pauseS * 1000);
    const second = await once(apiUrl ?? SLACK, token, method, args);
    return 'pauseS' in second ? silent('it asks to wait again and again (429)') : second;
  };
}

async function once(
  base: string,
  token: string,
  method: QuestionMethod,
  args: Readonly<Record<string, string>>,
): Promise<SlackAnswer | { readonly pauseS: number }> {
  try {
    const response = await fetch(`${base}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...args }).toString(),
      // A redirect would carry the token elsewhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = await response.text();
    if (response.status === 429) return { pauseS: Math.max(1, Number(response.headers.get('retry-after')) || 1) };
    const body = object(text);
    const date = Date.parse(response.headers.get('date') ?? '');
    const heads = { date: Number.isNaN(date) ? null : date, scopes: list(response.headers.get('x-oauth-scopes')) };
    if (body === null) {
      return {
        ...silent(`HTTP ${response.status} without Slack's JSON: something else answers in its place`),
        ...heads,
      };
    }
    if (body['ok'] === true) return { is: 'answered', body, ...heads };
    const { error } = body;
    const code = typeof error === 'string' && /^[a-z0-9_]{1,60}$/.test(error) ? error : 'an error without a name';
    return response.status >= 500
      ? { ...silent(`HTTP ${response.status} (${code})`), ...heads }
      : { is: 'refused', code, ...heads };
  } catch (error) {
    return silent(reason(error));
  }
}

function silent(because: string): Extract<SlackAnswer, { is: 'silent' }> {
  return { is: 'silent', because, date: null, scopes: null };
}

function object(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && 'ok' in parsed
      ? { ...parsed }
      : null;
  } catch {
    return null;
  }
}

function list(header: string | null): readonly string[] | null {
  return header === null
    ? null
    : header
        .split(',')
        .map((scope) => scope.trim())
        .filter((scope) => /^[a-z0-9_.:-]{1,60}$/.test(scope));
}

/** undici says "fetch failed" and keeps the reason in `cause`. */
function reason(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${DEADLINE_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name does not resolve (${code})`;
  return code === '' ? 'the connection failed' : `the connection failed (${code.slice(0, 60)})`;
}
