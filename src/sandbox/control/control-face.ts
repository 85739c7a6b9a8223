import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Desk } from '../gesture/desk.ts';
import { gestures } from '../gesture/index.ts';
import { readFields } from '../http/read-body.ts';
import { replyJson } from '../http/reply.ts';
import { textOf } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { changes } from './change.ts';
import { stateDump } from './state.ts';

const mostBytes = 1024 * 1024;

/**
 * The control face, for tests. Wants the key in the header `x-practice-key` or in the query.
 * `GET /_control/state` · `GET /_control/calls` (calls, violations, and the names of unknown methods) · `POST /_control/<gesture>` with `user` and the
 * fields of `gesture/index.ts` · `POST /_control/<change>` with the fields of `control/change.ts`.
 * A refusal answers 400 with `{ok: false, error}`.
 */
export async function answerControl(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
): Promise<void> {
  const name = address.pathname.slice('/_control/'.length);
  try {
    if (request.method === 'GET') return replyJson(response, 200, read(desk, name));
    const fields = await readFields(request, new URLSearchParams(), mostBytes);
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
    const gesture = Object.hasOwn(gestures, name) ? gestures[name] : undefined;
    if (change) return replyJson(response, 200, { ok: true, ...((await change(desk, fields)) as object) });
    if (!gesture) throw new Refusal('unknown_control');
    const outcome = await gesture(desk, textOf(fields, 'user') ?? '', fields);
    replyJson(response, 200, { ok: true, ...(outcome as object) });
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    replyJson(response, 400, { ok: false, error: problem.code, ...problem.beside });
  }
}

function read(desk: Desk, name: string): unknown {
  if (name === 'state') return stateDump(desk);
  const { calls, violations, unknownCalls } = desk.workspace.record;
  if (name === 'calls') return { calls, violations, unknownCalls };
  throw new Refusal('unknown_control');
}
