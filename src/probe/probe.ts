import type { Output, Reading } from '../model/index.ts';

/** Parameters of a probe: addresses, device names. Values go into argv as they are, never into a shell. */
export type Params = Readonly<Record<string, string>>;

/** A question that a node can answer by one command: argv and parser. Reading and parsing are two functions. */
export interface Probe<P extends Params, T> {
  /** The file name without `.ts`; unique. */
  readonly id: string;
  /** What it reads, in words that fit "I could not see …". */
  readonly reads: string;
  /** Cheap probes without parameters are asked of every node at once. */
  readonly cheap: boolean;
  /** Exit statuses that carry an answer. Absent: 0 only. */
  readonly exits?: readonly number[];
  argv(params: P): readonly [string, ...string[]];
  /**
   * Typed fact from stdout (UTF-8, invalid bytes replaced; control characters other than newline and tab replaced too).
   * The fact is plain data and keeps the exact line wherever one decides something. Throws Unparsable.
   */
  parse(text: string, output: Output): T;
}

/** The output is not in a form that the parser knows; it refuses rather than guess. */
export class Unparsable extends Error {
  override readonly name = 'Unparsable';
}

/** A probe of any shape, for registries. */
export type AnyProbe = Probe<Params, unknown>;

/** Gives a probe its exact types and its place in the registry. */
export function probe<P extends Params, T>(definition: Probe<P, T>): Probe<P, T> {
  return Object.freeze(definition);
}

/** Node bytes as text: invalid UTF-8, control, bidirectional and zero-width characters become U+FFFD. */
export function cleanText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes).replaceAll(/[[\p{Cc}\p{Cf}\u2028\u2029]--[\n\t]]/gv, '\uFFFD');
}

const MISSING =
  /(not found|No such file or directory|unrecognized|not been booted with systemd|Failed to connect to bus)/;

/** What an output says to a probe: a fact, or the gap that names why there is none. */
export function read<P extends Params, T>(probe: Probe<P, T>, output: Output): Reading<T> {
  const said = cleanText(output.stderr).trim().split('\n')[0] ?? '';
  if (output.gap) return { known: false, gap: output.gap, detail: said || `${probe.reads}: ${output.gap}` };
  if (output.timedOut) return { known: false, gap: 'timed-out', detail: `no answer within ${output.ms} ms` };
  if (output.truncated) return { known: false, gap: 'truncated', detail: 'the output was longer than netdiag accepts' };
  if (output.exit === 126 || output.exit === 127) {
    return {
      known: false,
      gap: output.exit === 127 ? 'not-installed' : 'denied',
      detail: said || 'the command is not installed',
    };
  }
  if (output.exit === null || !(probe.exits ?? [0]).includes(output.exit)) {
    const gap = /permission denied|not permitted|a password is required/i.test(said)
      ? 'denied'
      : MISSING.test(said)
        ? 'not-installed'
        : 'unparsable';
    return { known: false, gap, detail: said || `exit status ${output.exit ?? 'unknown'}` };
  }
  try {
    return { known: true, value: probe.parse(cleanText(output.stdout), output) };
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return { known: false, gap: 'unparsable', detail: error.message };
  }
}
