import type { Clock, NodeSession } from '../port.ts';

/** A node whose clock is further off cannot tell whether an approval is still valid, and its log does not fit anybody else's. */
const MOST_MS = 30_000;
/** `date` tells whole seconds. */
const SECOND_MS = 1_000;

/** How far a node's clock is ahead of netdiag's, and how exactly that could be seen over this connection; milliseconds. */
export interface Skew {
  readonly ms: number;
  readonly uncertainMs: number;
}

/**
 * Asks the node for its time. It looked at its clock between the question and the answer, so half of that span is the uncertainty.
 * `null` where it did not tell.
 */
export async function skewOf(session: NodeSession, clock: Pick<Clock, 'now'>): Promise<Skew | null> {
  const asked = clock.now();
  const [output] = await session.run([{ argv: ['date', '+%s'], privileged: false }]);
  const answered = clock.now();
  const seconds = /^(\d{1,12})\s*$/.exec(new TextDecoder().decode(output?.stdout))?.[1];
  if (output?.exit !== 0 || seconds === undefined) return null;
  const middle = (asked + answered) / 2;
  return {
    ms: Number(seconds) * SECOND_MS + SECOND_MS / 2 - middle,
    uncertainMs: (answered - asked) / 2 + SECOND_MS / 2,
  };
}

/** Why no change begins on a node with this clock, one sentence; `null` where it is right enough. */
export function skewObjection(node: string, skew: Skew | null): string | null {
  if (skew === null) return `What time it is on ${node} could not be read, so no change is started there.`;
  const { ms, uncertainMs } = skew;
  if (Math.abs(ms) + uncertainMs <= MOST_MS) return null;
  const measured = `${seconds(Math.abs(ms))} ${ms < 0 ? 'behind' : 'ahead of'} netdiag's (measured to ± ${seconds(uncertainMs)})`;
  const about =
    Math.abs(ms) - uncertainMs > MOST_MS
      ? `The clock of ${node} is ${measured}, and beyond 30 s no change is started: expiry of an approval would mean nothing there.`
      : `The clock of ${node} may be more than 30 s from netdiag's: it is ${measured}, and this connection is too slow to tell.`;
  return `${about} Set it right (chronyc -a makestep, or timedatectl set-ntp true) and approve again.`;
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 100) / 10;
  if (whole < 120) return `${whole} s`;
  return whole < 7200 ? `${Math.round(whole / 60)} min` : `${Math.round(whole / 360) / 10} h`;
}
