import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../cluster/objects.ts';
import type { ClusterState } from '../cluster/state.ts';
import { keyOf } from '../cluster/store.ts';
import { selected } from './objects.ts';
import type { ApiRequest } from './request.ts';
import { apiVersionOf, servedBy } from './served.ts';
import { type Answer, failure, noSuchPath } from './status.ts';

interface Watcher {
  response: ServerResponse;
  matching: (state: ClusterState) => KubeObject[];
  head: { kind: string; apiVersion: string };
  known: Map<string, KubeObject>;
}

/** Everybody who watches. `tell` sends them what is different from what they know. */
export class Watchers {
  readonly #all = new Set<Watcher>();
  /** Revision of the state in which something was last seen to be gone: who knows less has missed it. */
  #forgotten: number;

  constructor(revision: number) {
    this.#forgotten = revision;
  }

  /**
   * Begins a watch on the response; an answer instead where there is none. Without a resource version it begins with everything
   * that is there; with one it goes on from there, or says 410 when deletions since then are no longer known.
   */
  add(request: ApiRequest, response: ServerResponse, state: ClusterState): Answer | null {
    const entry = servedBy(request);
    if (!entry) return noSuchPath;
    const matching = selected(request, entry);
    if (typeof matching !== 'function') return matching;
    const from = Number(request.query.get('resourceVersion') ?? 0);
    const head = { kind: entry.kind, apiVersion: apiVersionOf(request) };
    const since = matching(state).filter(({ metadata }) => from > 0 && Number(metadata.resourceVersion) <= from);
    const known = new Map(since.map((object) => [keyOf(object), object]));
    const watcher: Watcher = { response, matching, head, known };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from > 0 && from < this.#forgotten) {
      const message = `too old resource version: ${from} (${this.#forgotten})`;
      const expired = failure(410, { message, reason: 'Expired' });
      response.end(`${JSON.stringify({ type: 'ERROR', object: expired.body })}\n`);
      return null;
    }
    this.#all.add(watcher);
    response.once('close', () => this.#all.delete(watcher));
    const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
    if (seconds > 0) {
      const end = setTimeout(() => response.end(), seconds * 1000);
      response.once('close', () => clearTimeout(end));
    }
    send(watcher, state);
    return null;
  }

  tell(state: ClusterState): void {
    for (const watcher of this.#all) if (send(watcher, state)) this.#forgotten = state.revision;
  }

  /** Something may be gone that nobody watched. */
  forget(revision: number): void {
    this.#forgotten = revision;
  }
}

/** True when something was told to be gone. */
function send({ response, matching, head, known }: Watcher, state: ClusterState): boolean {
  const now = new Map(matching(state).map((object) => [keyOf(object), object]));
  const write = (type: string, object: KubeObject) =>
    response.write(`${JSON.stringify({ type, object: { ...head, ...object } })}\n`);
  let gone = false;
  for (const [key, object] of known) {
    const next = now.get(key);
    if (next !== undefined && next.metadata.uid === object.metadata.uid) continue;
    known.delete(key);
    gone = true;
    write('DELETED', object);
  }
  for (const [key, object] of now) {
    const old = known.get(key);
    known.set(key, object);
    if (old === undefined) write('ADDED', object);
    else if (old.metadata.resourceVersion !== object.metadata.resourceVersion) write('MODIFIED', object);
  }
  return gone;
}
