import type { RequestUrl } from './request-url/request-url.ts';
import type { Connections } from './socket/connections.ts';
import type { Delivery, Envelope } from './socket/envelope.ts';

/** Takes what happens to the app: to its request URL when it has one, over its Socket Mode connections otherwise. */
export class Courier {
  readonly #connections: Connections;
  readonly #requestUrl: RequestUrl;

  constructor(connections: Connections, requestUrl: RequestUrl) {
    this.#connections = connections;
    this.#requestUrl = requestUrl;
  }

  /** Whether the app can be reached at this moment, as far as the workspace knows. */
  get connected(): number {
    return this.#requestUrl.address === undefined ? this.#connections.ready.length : 1;
  }

  deliver(envelope: Envelope): Promise<Delivery> {
    return this.#requestUrl.address === undefined
      ? this.#connections.deliver(envelope)
      : this.#requestUrl.deliver(envelope);
  }
}
