import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { KubeObject } from '../cluster/objects.ts';

/** What a node needs to speak with the API server. */
export interface ApiAccess {
  apiServer: string;
  caFile: string;
  token: string;
}

/** One line of a watch. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR';
  object: KubeObject;
}

/** The API as a node's own processes use it: each call a connection of its own, so that none outlives a change of the network. */
export class ApiClient {
  readonly #access: ApiAccess;
  readonly #ca: Buffer;

  constructor(access: ApiAccess) {
    this.#access = access;
    this.#ca = readFileSync(access.caFile);
  }

  /** One call. Rejects without an answer within ten seconds, and, naming it, for a code that is not in `fine`. */
  call(method: string, path: string, body?: object, fine: readonly number[] = [200]): Promise<unknown> {
    const patch = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    // Its length must be told: without it Node gives a DELETE's body no frame at all.
    const length = { 'content-type': patch, 'content-length': bytes.length };
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...this.#headers(), ...length }, ca: this.#ca, agent: false };
      const ask = request(`${this.#access.apiServer}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const code = response.statusCode ?? 0;
          if (fine.includes(code)) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path} was answered with ${code}: ${text.trim()}`));
        });
      });
      ask.setTimeout(10_000, () => ask.destroy(new Error(`${method} ${path} was not answered within 10 s`)));
      ask.on('error', reject);
      ask.end(bytes);
    });
  }

  /** Watches from the beginning until the connection ends or `close` is called; `ended` is called once then. */
  watch(path: string, told: (event: WatchEvent) => void, ended: () => void): { close: () => void } {
    const options = { headers: this.#headers(), ca: this.#ca, agent: false };
    const ask = request(`${this.#access.apiServer}${path}`, options, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) told(JSON.parse(line) as WatchEvent);
      });
      response.on('error', () => undefined);
    });
    ask.on('error', () => undefined);
    ask.once('close', ended);
    ask.end();
    return { close: () => ask.destroy() };
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#access.token}`, 'user-agent': 'kubelet/v1.34.2' };
  }
}
