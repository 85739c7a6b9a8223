import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFields, readUpload } from '../http/read-body.ts';
import { replyBytes, replyJson } from '../http/reply.ts';
import { textOf } from '../json.ts';
import { Refusal } from '../refusal.ts';
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
  try {
    args = await readFields(request, new URLSearchParams(), mostCallBytes);
    respond(workspace, workspace.responses.use(address.pathname.slice('/response/'.length)), args, 'response_url');
    workspace.record.call({ method: 'response_url', args, ok: true, status: 200 });
    replyBytes(response, 200, 'text/plain', 'ok');
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    workspace.record.call({ method: 'response_url', args, ok: false, status: 404, error: problem.code });
    replyJson(response, 404, { ok: false, error: problem.code });
  }
}
