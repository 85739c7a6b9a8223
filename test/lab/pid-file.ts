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

/**
 * Ends every process named by a `*.pid` file of the directory and waits until the kernel has let go of them. `init.pid` goes
 * first and alone: the first process of a PID namespace ends only when all others in it have been reaped, and who reaps those
 * that entered from outside is the process that brought them in, as long as it lives (pid_namespaces(7)).
 */
export async function endAll(directory: string): Promise<void> {
  const files = pidFiles(directory);
  const [first, others] = [files.filter(isInit), files.filter((file) => !isInit(file))];
  for (const group of [first, others]) await endPids(group.map(livingPid).filter((pid) => pid !== null));
  for (const file of files) rmSync(file, { force: true });
}

function isInit(file: string): boolean {
  return file.endsWith('/init.pid');
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
