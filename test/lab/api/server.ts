import { appendFileSync, unwatchFile, watchFile } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Chaos, type ClusterState, readState } from '../cluster/state.ts';
import { keyOf } from '../cluster/store.ts';
import { accessReview, allowed, userOf } from './authorize.ts';
import { Heartbeats } from './heartbeat.ts';
import { nodeProxy, podLog } from './kubelet-proxy.ts';
import { objectAnswer } from './objects.ts';
import { type ApiRequest, apiRequest } from './request.ts';
import { type Answer, badRequest, failure, forbidden, methodNotAllowed, noSuchPath, unauthorized } from './status.ts';
import { version } from './version.ts';
import { Watchers } from './watch.ts';
import { deleteAnswer, patchAnswer } from './write.ts';

/** How often the state file is looked at: others change it too. */
const LOOK_MS = 100;

/** One line of the call log. */
export interface Call {
  at: string;
  user: string;
  verb: string;
  group: string;
  resource: string;
  namespace: string;
  name: string;
  code: number;
}

/** The stand-in's request handler: authenticates, authorises, answers from the state file, and writes down every call. */
export class ApiServer {
  readonly #stateFile: string;
  readonly #callLog: string;
  readonly #heartbeats = new Heartbeats();
  readonly #used = new Map<string, number>();
  readonly #watchers: Watchers;
  readonly #followers = new Set<() => void>();
  #last: ClusterState;

  constructor(stateFile: string, callLog: string) {
    this.#stateFile = stateFile;
    this.#callLog = callLog;
    this.#last = readState(stateFile);
    this.#watchers = new Watchers(this.#last.revision);
  }

  /** Calls back after every change of the state, whoever made it. Gives what ends it. */
  follow(changed: () => void): () => void {
    const look = () => this.look();
    this.#followers.add(changed);
    watchFile(this.#stateFile, { interval: LOOK_MS, persistent: false }, look);
    return () => {
      unwatchFile(this.#stateFile, look);
      this.#followers.delete(changed);
    };
  }

  /** Looks whether the state is another one, and tells everybody. */
  look(): void {
    const state = readState(this.#stateFile);
    if (state.revision === this.#last.revision) return;
    if (losses(this.#last, state)) this.#watchers.forget(state.revision);
    this.#last = state;
    this.#watchers.tell(state);
    for (const changed of this.#followers) changed();
  }

  /** Answers one request. Never throws: what went wrong in here is a 500. */
  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const state = this.#heartbeats.applyTo(readState(this.#stateFile), Date.now());
      const request = apiRequest(message);
      const user = userOf(message, state);
      // A kubelet at work on its pods is not who shall be disturbed.
      const isKubelet = user?.name.startsWith('system:node:') === true && request?.resource !== 'leases';
      const chaos = isKubelet ? null : this.#chaosFor(message, state);
      const done = chaos === null || chaos.answer === 'lost';
      const answer = done ? await this.#answer(message, request, state, response) : chaosAnswer(chaos, request);
      this.#log(user?.name ?? 'unknown', message, request, answer?.code ?? (response.headersSent ? 200 : 0));
      if (chaos?.answer === 'cut' || chaos?.answer === 'lost') message.socket.destroy();
      else if (answer !== null) send(response, answer);
    } catch (error) {
      send(
        response,
        failure(500, { message: error instanceof Error ? error.message : String(error), reason: 'InternalError' }),
      );
    }
  }

  /** Null when the answer goes on: a watch. */
  async #answer(
    message: IncomingMessage,
    request: ApiRequest | null,
    state: ClusterState,
    response: ServerResponse,
  ): Promise<Answer | null> {
    const user = userOf(message, state);
    if (user === null) return unauthorized;
    const path = (message.url ?? '/').split('?')[0];
    if (path === '/version' || path === '/version/') return { code: 200, body: version };
    if (path === '/healthz' || path === '/livez' || path === '/readyz')
      return { code: 200, body: 'ok', type: 'text/plain; charset=utf-8' };
    if (request === null) return noSuchPath;
    if (!allowed(user, request)) return forbidden(request, user.name);
    if (request.verb === 'create' && request.resource === 'selfsubjectaccessreviews') {
      try {
        return { code: 201, body: accessReview(user, JSON.parse(await bodyOf(message))) };
      } catch (error) {
        return badRequest(error instanceof Error ? error.message : 'the body is no SelfSubjectAccessReview');
      }
    }
    if (request.verb === 'update' && request.resource === 'leases')
      return this.#heartbeats.renew(request, state, Date.now());
    if (request.verb === 'patch' || request.verb === 'delete') {
      const body = await bodyOf(message);
      const answer =
        request.verb === 'patch'
          ? patchAnswer(this.#stateFile, request, body, message.headers)
          : deleteAnswer(this.#stateFile, request, body);
      this.look();
      return answer;
    }
    if (request.verb === 'watch') return this.#watchers.add(request, response, state);
    if (request.verb !== 'get' && request.verb !== 'list') return methodNotAllowed(request);
    if (request.resource === 'nodes' && request.subresource === 'proxy') return nodeProxy(request, state);
    if (request.resource === 'pods' && request.subresource === 'log') return podLog(request, state);
    return request.subresource ? noSuchPath : objectAnswer(request, state);
  }

  #chaosFor({ url = '/', method }: IncomingMessage, state: ClusterState): Chaos | null {
    for (const chaos of state.chaos) {
      if (!url.startsWith(chaos.path) || (chaos.method !== undefined && chaos.method !== method)) continue;
      const key = JSON.stringify(chaos);
      const used = this.#used.get(key) ?? 0;
      if (chaos.times !== undefined && used >= chaos.times) continue;
      this.#used.set(key, used + 1);
      return chaos;
    }
    return null;
  }

  #log(user: string, message: IncomingMessage, request: ApiRequest | null, code: number): void {
    const call: Call = {
      at: new Date().toISOString(),
      user,
      verb: request?.verb ?? (message.method ?? 'GET').toLowerCase(),
      group: request?.group ?? '',
      resource: request ? [request.resource, request.subresource].filter(Boolean).join('/') : (message.url ?? '/'),
      namespace: request?.namespace ?? '',
      name: request?.name ?? '',
      code,
    };
    appendFileSync(this.#callLog, `${JSON.stringify(call)}\n`);
  }
}

/** Null means that no answer is ever sent. */
function chaosAnswer({ answer }: Chaos, request: ApiRequest | null): Answer | null {
  if (answer === 'hang' || answer === 'cut' || answer === 'lost') return null;
  if (answer === 'html') {
    return { code: 200, body: '<html><body><h1>Sign in</h1></body></html>', type: 'text/html; charset=utf-8' };
  }
  if (answer === 401) return unauthorized;
  if (answer === 403 && request) return forbidden(request, 'system:serviceaccount:netdiag:netdiag');
  const reasons = {
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    429: 'TooManyRequests',
    500: 'InternalError',
  } as const;
  return failure(answer, { message: 'the stand-in was told to fail', reason: reasons[answer] });
}

/** True when something that was there is not any more. */
function losses(before: ClusterState, after: ClusterState): boolean {
  return Object.entries(before.objects).some(([store, list]) => {
    const left = new Set(after.objects[store]?.map((object) => keyOf(object)));
    return list.some((object) => !left.has(keyOf(object)));
  });
}

function send(response: ServerResponse, { code, body, type, warnings = [] }: Answer): void {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  if (warnings.length > 0)
    response.setHeader(
      'warning',
      warnings.map((words) => `299 - ${JSON.stringify(words)}`),
    );
  response.writeHead(code, {
    'content-type': type ?? 'application/json',
    ...(code === 429 ? { 'retry-after': '1' } : {}),
  });
  response.end(raw ? body : `${JSON.stringify(body)}\n`);
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
