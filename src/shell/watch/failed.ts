/** A watch that came to nothing: why, in one sentence. */
export class WatchFailed extends Error {
  override readonly name = 'WatchFailed';
}
