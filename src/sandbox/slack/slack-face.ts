import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFields, readUpload } from '../http/read-body.ts';
import { replyBytes, replyJson } from '../http/reply.ts';
import { textOf } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { nextFault } from '../workspace/chaos.ts';
import type { Fault } from '../workspace/chaos.ts';
import { answerCall } from './answer-call.ts';
import type { Desk } from './method-shape.ts';
import { respond } from './respond.ts';

/** Slack takes API calls up to about 4 MB and files up to 1 GB; this workspace keeps files in memory. */
const mostCallBytes = 4 * 1024 * 1024;
const mostFileBytes = 64 * 1024 * 1024;

/** `POST /api/<method>`: one call of the Web API. */
export async function answerApi(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
): Promise<void> {
  const method = address.pathname.slice('/api/'.length);
  try {
    const given = await readFields(request, address.searchParams, mostCallBytes);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const answer = answerCall(desk, method, bearer ?? textOf(given, 'token'), given);
    if (desk.workspace.chaos.slowMs > 0) await sleep(desk.workspace.chaos.slowMs);
    if (answer.lost === 'timeout') return;
    if (answer.lost === 'drop') return void response.destroy();
    replyJson(response, answer.status, answer.body, answer.headers);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    desk.workspace.record.call({ method, args: {}, ok: false, status: 200, error: problem.code });
    replyJson(response, 200, { ok: false, error: problem.code });
  }
}

/** `POST /upload/v1/<file>`: the bytes of an announced file, raw or multipart; the second of three steps. */
export async function takeUpload(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
): Promise<void> {
  const { workspace } = desk;
  const file = workspace.files.get(address.pathname.slice('/upload/v1/'.length));
  if (request.method !== 'POST' || file === undefined || file.completed)
    return replyBytes(response, 404, 'text/plain', 'not found');
  const fault = nextFault(workspace.chaos, 'upload');
  if (plays(response, fault, 'before')) return;
  try {
    file.bytes = await readUpload(request, mostFileBytes);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return replyBytes(response, problem.code === 'request_too_large' ? 413 : 400, 'text/plain', problem.code);
  }
  if (file.bytes.length !== file.length) {
    const detail = `${file.name}: ${file.length} bytes announced, ${file.bytes.length} sent`;
    workspace.record.violation('error', 'upload_length', 'upload', detail);
  }
  workspace.record.call({ method: 'upload', args: { file: file.id, bytes: file.bytes.length }, ok: true, status: 200 });
  if (workspace.chaos.slowMs > 0) await sleep(workspace.chaos.slowMs);
  if (plays(response, fault, 'after')) return;
  replyBytes(response, 200, 'text/plain', `OK - ${file.bytes.length}`);
}

/** `POST /response/<id>`: an answer through a response_url. Refusals come as HTTP 404 with the code in JSON. */
export async function takeResponse(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
): Promise<void> {
  const { workspace } = desk;
  let args = {};
  const fault = nextFault(workspace.chaos, 'response_url');
  if (plays(response, fault, 'before')) return;
  try {
    args = await readFields(request, new URLSearchParams(), mostCallBytes);
    respond(workspace, workspace.responses.use(address.pathname.slice('/response/'.length)), args, 'response_url');
    workspace.record.call({ method: 'response_url', args, ok: true, status: 200 });
    if (plays(response, fault, 'after')) return;
    replyBytes(response, 200, 'text/plain', 'ok');
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    workspace.record.call({ method: 'response_url', args, ok: false, status: 404, error: problem.code });
    replyJson(response, 404, { ok: false, error: problem.code });
  }
}

/** Plays a fault of an upload or a response address in place of the answer, before or after the effect; false when there is none. */
function plays(response: ServerResponse, fault: Fault | undefined, when: 'before' | 'after'): boolean {
  if (fault === undefined || fault.kind.endsWith('_after') !== (when === 'after')) return false;
  const kind = fault.kind.replace(/_after$/, '');
  if (kind === 'drop') response.destroy();
  if (kind === 'server_error') replyBytes(response, 500, 'text/plain', 'internal error');
  if (kind === 'too_many') {
    const seconds = String(fault.retryAfterSeconds ?? 1);
    replyBytes(response, 429, 'text/plain', 'too many requests', { 'retry-after': seconds });
  }
  return true;
}
