import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { changes } from '../control/change.ts';
import type { Desk } from '../gesture/desk.ts';
import { gestures } from '../gesture/index.ts';
import { readFields } from '../http/read-body.ts';
import { replyBytes, replyJson } from '../http/reply.ts';
import { Refusal } from '../refusal.ts';
import { openStream } from './stream.ts';
import type { TourStop } from './tour.ts';

const assets = new URL('../page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};
const mostBytes = 256 * 1024;

/** What of the control face the page offers as well. */
const ofPage: readonly string[] = ['chaos', 'disconnect', 'drop', 'rate_limited'];

/** Nothing but this server's own files may be loaded, framed or sent to (https://www.w3.org/TR/CSP3/). */
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/** The page: its files, its event stream, and what the signed-in user does. The caller has checked key, Host and Origin. */
export async function answerPage(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
  tour: readonly TourStop[],
): Promise<void> {
  const path = address.pathname;
  if (path === '/page/stream' && request.method === 'GET') {
    const user = address.searchParams.get('as') ?? '';
    if (!signsIn(desk, user)) return replyJson(response, 400, { ok: false, error: 'user_not_found' });
    return openStream(desk, request, response, user, tour);
  }
  if (path.startsWith('/page/do/') && request.method === 'POST')
    return act(desk, request, response, path.slice('/page/do/'.length));
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return replyBytes(response, 405, 'text/plain', 'method not allowed');
  const name = path === '/' || path.startsWith('/archives/') ? 'index.html' : path.slice('/page/'.length);
  await serveAsset(response, name);
}

async function act(desk: Desk, request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
  try {
    const fields = await readFields(request, new URLSearchParams(), mostBytes);
    const gesture = Object.hasOwn(gestures, name) ? gestures[name] : undefined;
    const { as, ...wanted } = fields;
    const user = typeof as === 'string' ? as : '';
    const change = ofPage.includes(name) ? changes[name] : undefined;
    if (!gesture && !change) throw new Refusal('unknown_gesture');
    if (!signsIn(desk, user)) throw new Refusal('user_not_found');
    if (change) return replyJson(response, 200, { ok: true, ...((await change(desk, wanted)) as object) });
    if (!gesture) return;
    replyJson(response, 200, { ok: true, ...((await gesture(desk, user, fields)) as object) });
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    replyJson(response, 400, { ok: false, error: problem.code });
  }
}

async function serveAsset(response: ServerResponse, name: string): Promise<void> {
  const type = types[name.split('.').pop() ?? ''];
  if (type === undefined || !/^[a-z-]+(\/[a-z-]+)*\.[a-z]+$/.test(name))
    return replyBytes(response, 404, 'text/plain', 'not found');
  try {
    replyBytes(response, 200, type, await readFile(new URL(name, assets)), { 'content-security-policy': policy });
  } catch {
    replyBytes(response, 404, 'text/plain', 'not found');
  }
}

function signsIn(desk: Desk, user: string): boolean {
  return desk.workspace.people.get(user)?.signsIn === true;
}
