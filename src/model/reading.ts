/** Why something could not be seen. Never an answer, never green. */
export type Gap =
  | 'unreachable'
  | 'timed-out'
  | 'denied'
  | 'not-installed'
  | 'unparsable'
  | 'truncated'
  | 'not-recorded';

/** SHA-256 of bytes kept in the journal, in hexadecimal. */
export type Digest = string;

/** What one command on a node gave back, whatever it was. */
export interface Output {
  /** Exit status; `null` when a signal ended it or it never reported one. */
  readonly exit: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** The node-side deadline ended it. */
  readonly timedOut: boolean;
  /** stdout or stderr went over its cap and was cut. */
  readonly truncated: boolean;
  /** Wall time on the node, milliseconds. */
  readonly ms: number;
  /** Set when the command could not be run at all; then exit is `null` and both streams are empty. */
  readonly gap?: Gap;
}

/** A typed fact, or the named reason why there is none. */
export type Reading<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly gap: Gap; readonly detail: string };

/** One question to one node: a probe and its parameters. */
export interface Question {
  readonly role: 'subject' | 'peer' | 'farEnd';
  readonly probe: string;
  readonly params: Readonly<Record<string, string>>;
}

/** A question with what came back. The value in the reading is plain data. */
export interface Answer {
  readonly question: Question;
  readonly node: string;
  /** The exact command, quoted so that it can be pasted into a shell on the node. */
  readonly command: string;
  readonly reading: Reading<unknown>;
  /** The raw output in the journal; `null` when nothing came back. */
  readonly output: Digest | null;
  /** stdout as text where it has at most 2,048 bytes, for exact lines and preconditions; `null` where it is longer. */
  readonly text: string | null;
}

/** Stable name of a question: equal questions have equal keys. */
export function questionKey(question: Question): string {
  const params = Object.entries(question.params)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return [question.role, question.probe, ...params].join(' ');
}
