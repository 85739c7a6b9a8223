import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const TICK_MS = 5;
/** One turn of the event loop may take so long, by the processor time of its thread: a busy machine takes away other time. */
const BLOCKED_MS = 100;
const GROWN_MB = 64;

/** What some work cost the process that did it. */
export interface Strain {
  readonly seconds: number;
  /** Most processor time that the main thread used between two ticks of a timer, milliseconds. */
  readonly blockedMs: number;
  /** Longest delay of the event loop, milliseconds, whoever was to blame for it. */
  readonly delayMs: number;
  /** Resident memory at its most above what it was at first, megabytes. */
  readonly grownMb: number;
  /** Descriptors that are open afterwards and were not before. */
  readonly descriptors: number;
}

/** Does the work and watches the event loop, the memory and the descriptors meanwhile. */
export async function strained<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly strain: Strain }> {
  globalThis.gc?.();
  const [began, base, open] = [performance.now(), process.memoryUsage.rss(), descriptors()];
  const delays = monitorEventLoopDelay({ resolution: TICK_MS });
  let [used, blocked, most] = [threadMs(), 0, base];
  const look = (): void => {
    const now = threadMs();
    blocked = Math.max(blocked, now - used);
    used = now;
    most = Math.max(most, process.memoryUsage.rss());
  };
  const tick = setInterval(look, TICK_MS);
  delays.enable();
  try {
    const value = await work();
    look();
    delays.disable();
    for (let tries = 0; descriptors() > open && tries < 50; tries += 1) await pause(100);
    return {
      value,
      strain: {
        seconds: (performance.now() - began) / 1000,
        blockedMs: blocked,
        delayMs: delays.max / 1e6,
        grownMb: (most - base) / 1e6,
        descriptors: Math.max(0, descriptors() - open),
      },
    };
  } finally {
    delays.disable();
    clearInterval(tick);
  }
}

/** What was too much of it. */
export function tooMuch(what: string, { blockedMs, grownMb, descriptors: open }: Strain): readonly string[] {
  return [
    ...(blockedMs <= BLOCKED_MS ? [] : [`${what}: the event loop was blocked for ${blockedMs.toFixed(0)} ms`]),
    ...(grownMb <= GROWN_MB ? [] : [`${what}: memory grew by ${grownMb.toFixed(0)} MB`]),
    ...(open === 0 ? [] : [`${what}: ${open} descriptors stay open`]),
  ];
}

/** For a line of the trial. */
export function said({ seconds, blockedMs, delayMs, grownMb }: Strain): string {
  return `${seconds.toFixed(1)} s, at most ${blockedMs.toFixed(0)} ms in one turn (delay ${delayMs.toFixed(0)} ms), +${Math.max(0, grownMb).toFixed(0)} MB`;
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
