import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { nextFault } from '../workspace/chaos.ts';
import type { Fault } from '../workspace/chaos.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { Args } from './args.ts';
import type { Desk, Method } from './method-shape.ts';
import { methods } from './method/index.ts';

/** An answer of the Web API, before it is written to the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** The answer is not sent: the caller waits in vain, or its connection is cut. */
  readonly lost?: 'timeout' | 'drop';
}

const byName = new Map(methods.map((method) => [method.name, method]));

/** Refusals that show a mistake in the app rather than a state of the workspace. */
const mistakes = new Set([
  'unknown_method',
  'missing_scope',
  'not_allowed_token_type',
  'invalid_arguments',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'missing_argument',
  'msg_too_long',
  'no_text',
  'view_too_large',
  'push_limit_reached',
]);

/** Answers one call of the Web API and records it. Never throws for what the app did wrong. */
export function answerCall(desk: Desk, name: string, token: string | undefined, given: JsonObject): WireAnswer {
  const { workspace } = desk;
  const { token: _token, ...args } = given;
  const method = byName.get(name);
  const fault = nextFault(workspace.chaos, name);
  const instead = disturbed(workspace, name) ?? (fault === undefined ? undefined : faulty(fault));
  const answer = instead ?? attempt(desk, method, token, new Args(args));
  const error = answer.body['error'];
  workspace.record.call({
    method: name,
    args,
    ok: answer.body['ok'] === true,
    status: answer.status,
    ...(typeof error === 'string' ? { error } : {}),
  });
  if (typeof error === 'string' && mistakes.has(error)) {
    workspace.record.violation('error', error, name, JSON.stringify(answer.body));
  }
  if (answer.body['ok'] === true && workspace.chaos.serverErrorAfter > 0) {
    workspace.chaos.serverErrorAfter -= 1;
    return serverError();
  }
  return afterwards(fault, answer);
}

/** What a fault answers in place of the call; undefined when the call is to take effect first. */
function faulty({ kind, retryAfterSeconds }: Fault): WireAnswer | undefined {
  switch (kind) {
    case 'too_many':
      return tooMany(retryAfterSeconds ?? 1);
    case 'server_error':
      return serverError();
    case 'timeout':
    case 'drop':
      return { ...serverError(), lost: kind };
    case 'server_error_after':
    case 'timeout_after':
    case 'drop_after':
      return undefined;
  }
}

function afterwards(fault: Fault | undefined, answer: WireAnswer): WireAnswer {
  if (fault?.kind === 'server_error_after') return serverError();
  if (fault?.kind === 'timeout_after') return { ...answer, lost: 'timeout' };
  if (fault?.kind === 'drop_after') return { ...answer, lost: 'drop' };
  return answer;
}

function attempt(desk: Desk, method: Method | undefined, token: string | undefined, args: Args): WireAnswer {
  const { workspace } = desk;
  try {
    if (method === undefined) throw new Refusal('unknown_method');
    allow(workspace, method, token);
    const wait = workspace.rates.take(method.name, method.tier, args.text('channel'));
    if (wait !== undefined) return tooMany(wait);
    warnOfUnknown(workspace, method, args);
    const body = { ok: true, ...method.run(args, desk) };
    return { status: 200, headers: scopeHeaders(workspace, method), body };
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { status: 200, headers: {}, body: { ok: false, error: problem.code, ...problem.beside } };
  }
}

function allow(workspace: Workspace, method: Method, token: string | undefined): void {
  if (token === undefined || token === '') throw new Refusal('not_authed');
  const kind = token === workspace.botToken ? 'bot' : token === workspace.appToken ? 'app' : undefined;
  if (kind === undefined) throw new Refusal('invalid_auth');
  if (method.token !== 'either' && method.token !== kind) throw new Refusal('not_allowed_token_type');
  if (kind === 'app' || method.scopes.length === 0) return;
  const provided = workspace.manifest.botScopes;
  if (!method.scopes.some((scope) => provided.includes(scope))) {
    throw new Refusal('missing_scope', { needed: method.scopes.join(','), provided: provided.join(',') });
  }
}

function warnOfUnknown(workspace: Workspace, method: Method, args: Args): void {
  for (const name of Object.keys(args.all)) {
    if (name === 'team_id' || method.takes.includes(name)) continue;
    workspace.record.violation('warning', 'unknown_argument', method.name, name);
  }
}

function disturbed(workspace: Workspace, name: string): WireAnswer | undefined {
  const { chaos } = workspace;
  if (chaos.serverError > 0) {
    chaos.serverError -= 1;
    return serverError();
  }
  if (chaos.tooMany > 0 && (chaos.tooManyMethod === '' || chaos.tooManyMethod === name)) {
    chaos.tooMany -= 1;
    return tooMany(chaos.retryAfterSeconds);
  }
  return undefined;
}

function serverError(): WireAnswer {
  return { status: 500, headers: {}, body: { ok: false, error: 'internal_error' } };
}

function tooMany(seconds: number): WireAnswer {
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: { ok: false, error: 'ratelimited' } };
}

function scopeHeaders(workspace: Workspace, method: Method): Record<string, string> {
  return {
    'x-oauth-scopes': workspace.manifest.botScopes.join(','),
    'x-accepted-oauth-scopes': method.scopes.join(','),
  };
}
