import type { JsonObject } from '../json.ts';
import type { Message } from './message.ts';
import type { View } from './view.ts';

/** Something that the page has to show. */
export type Change =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'removed'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'view'; readonly user: string; readonly view: View | undefined }
  | { readonly kind: 'errors'; readonly user: string; readonly view: string; readonly errors: JsonObject }
  | { readonly kind: 'home'; readonly user: string }
  | { readonly kind: 'status'; readonly channel: string; readonly thread: string; readonly text: string }
  | { readonly kind: 'channels' }
  | { readonly kind: 'connections' }
  | {
      readonly kind: 'notice';
      readonly user: string;
      readonly text: string;
      readonly channel: string;
      readonly ts?: string;
    };

/** Carries changes to whoever listens. */
export class Feed {
  readonly #listeners = new Set<(change: Change) => void>();

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Starts listening; the answer stops it. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
