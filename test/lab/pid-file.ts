import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat), or null when there is none. Pid and start
 * time together name a process for good: a reused pid has another start time. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Remembers a process we started, so that another process can end exactly this one later. */
export function writePidFile(path: string, pid: number): void {
  writeFileSync(path, `${pid} ${startTime(pid) ?? 'gone'}\n`);
}

/** The pid in a pid file if that very process still lives, else null. */
export function livingPid(path: string): number | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const [pid, started] = text.trim().split(' ');
  if (!pid || !/^\d+$/.test(pid) || startTime(Number(pid)) !== started) return null;
  return Number(pid);
}

/** Ends every process named by a `*.pid` file of the directory and waits until the kernel has let go of them. */
export async function endAll(directory: string): Promise<void> {
  const files = pidFiles(directory);
  const pids = files.map(livingPid).filter((pid) => pid !== null);
  await endPids(pids);
  for (const file of files) rmSync(file, { force: true });
}

/** Kills the given processes and resolves when none of them is left (a killed process needs a moment to unwind). */
export async function endPids(pids: readonly number[]): Promise<void> {
  const living = new Map(pids.map((pid) => [pid, startTime(pid)]));
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      living.delete(pid);
    }
  }
  for (let tries = 0; living.size > 0; tries++) {
    for (const [pid, started] of living) if (startTime(pid) !== started || started === null) living.delete(pid);
    if (living.size === 0) return;
    if (tries === 500) throw new Error(`these processes survived SIGKILL for 5 s: ${[...living.keys()].join(', ')}`);
    await pause(10);
  }
}

function pidFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.pid'))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}
