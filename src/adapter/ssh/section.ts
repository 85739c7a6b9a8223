import type { Output } from '../../model/index.ts';

/** Caps of one command's output; what is beyond is cut on the node and again here. */
export const cap = { stdout: 1_048_576, stderr: 262_144 } as const;

/** Head of a section: what the node measured, and how many bytes follow. */
export interface SectionHead {
  readonly index: number;
  /** Exit status as the node's shell saw it; `null` when the budget of the batch was used up before its turn. */
  readonly status: number | null;
  /** Seconds that this command was allowed. */
  readonly allowed: number;
  readonly ms: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** Parses `index exit seconds hundredths stdout stderr`; `null` for anything else. */
export function sectionHead(line: string): SectionHead | null {
  const match = /^(\d{1,5}) (\d{1,3}|late) (-?\d{1,6}) (\d{1,9}) (\d{1,7}) (\d{1,7})$/.exec(line);
  if (match === null) return null;
  const [index = 0, allowed = 0, hundredths = 0, stdout = 0, stderr = 0] = [1, 3, 4, 5, 6].map((n) => Number(match[n]));
  if (stdout > cap.stdout + 1 || stderr > cap.stderr + 1) return null;
  return { index, status: match[2] === 'late' ? null : Number(match[2]), allowed, ms: hundredths * 10, stdout, stderr };
}

const nothing = new Uint8Array();

/** An output that never was: why there is none. */
export function gapOutput(gap: NonNullable<Output['gap']>, ms = 0): Output {
  const timedOut = gap === 'timed-out';
  return { exit: null, stdout: nothing, stderr: nothing, timedOut, truncated: false, ms, gap };
}

/**
 * A section as an Output. GNU timeout answers 124 after TERM and 137 after KILL, busybox 143; a shell says 128 + n for
 * signal n. Exit statuses are only read as signals up to 159 (SIGXFSZ is 153), because `ip` answers 255 by itself.
 */
export function sectionOutput(head: SectionHead, stdout: Uint8Array, stderr: Uint8Array, sudo: boolean): Output {
  const { status, ms } = head;
  if (status === null) return gapOutput('timed-out');
  if (sudo && status === 1 && stdout.length === 0 && sudoRefused(stderr)) return gapOutput('denied', ms);
  const timedOut = (status === 124 || status === 137 || status === 143) && ms >= head.allowed * 1000 - 50;
  const signalled = status > 128 && status < 160;
  return {
    exit: timedOut || signalled ? null : status,
    stdout: new Uint8Array(stdout.subarray(0, cap.stdout)),
    stderr: new Uint8Array(stderr.subarray(0, cap.stderr)),
    timedOut,
    truncated: stdout.length > cap.stdout || stderr.length > cap.stderr,
    ms,
  };
}

function sudoRefused(stderr: Uint8Array): boolean {
  const text = new TextDecoder().decode(stderr.subarray(0, 1000));
  return /^(sudo: .*(password|terminal|tty|not allowed|setuid)|\S+ is not (in the sudoers|allowed)|Sorry, user )/m.test(
    text,
  );
}
