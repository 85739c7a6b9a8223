import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import { livingPid } from '../../lab/pid-file.ts';

/** One change as the node's ledger has it, read from outside the node: no process there, and no clock of its own. */
export interface Entry {
  readonly fix: string;
  readonly state: string;
  /**
   * Seconds from the deadline that the node set itself until it had undone what was done, or, where it had nothing to undo,
   * recorded this state; `null` where it had set none.
   */
  readonly pastDeadline: number | null;
  /** The node restarted since: nothing of the change runs any more, and whoever asks next settles the entry. */
  readonly restarted: boolean;
}

const AT_REST: readonly string[] = ['confirmed', 'rolled-back', 'refused'];

/** Every change that the node has recorded. */
export function entriesOf(lab: Lab, node: string): readonly Entry[] {
  const directory = lab.nodes[node]?.directory ?? '';
  const root = `/proc/${livingPid(join(directory, 'init.pid')) ?? 'none'}/root`;
  const ledger = `${root}/var/lib/netdiag/fix`;
  const booted = Date.now() / 1000 - Number(text('/proc/uptime').split(' ')[0]);
  const boot = text(`${root}/proc/sys/kernel/random/boot_id`);
  return names(ledger).flatMap((fix): Entry[] => {
    const at = join(ledger, fix);
    const entry = text(join(at, 'entry'));
    if (entry === '') return [];
    const deadline = Number(text(join(at, 'deadline')) || Number.NaN);
    const past = (undone(at) ?? times(join(at, 'entry')).mtimeMs) / 1000 - booted - deadline;
    return [
      {
        fix,
        state: entry.split('\n')[0] ?? '',
        pastDeadline: Number.isNaN(past) ? null : past,
        restarted: text(join(at, 'boot')) !== boot,
      },
    ];
  });
}

/** Whether nothing will happen to this change by itself any more. */
export function atRest({ state, restarted }: Entry): boolean {
  return restarted || AT_REST.includes(state);
}

/** When the last undo step had been done; `null` where there is none. Each leaves another name of one file, whose inode changes then. */
function undone(at: string): number | null {
  const steps = names(at, 'files').filter((name) => name.startsWith('undone.'));
  return steps.length === 0 ? null : Math.max(...steps.map((name) => times(join(at, name)).ctimeMs));
}

function times(path: string): { readonly mtimeMs: number; readonly ctimeMs: number } {
  return statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Number.NaN, ctimeMs: Number.NaN };
}

function names(directory: string, what: 'directories' | 'files' = 'directories'): readonly string[] {
  try {
    const all = readdirSync(directory, { withFileTypes: true });
    return all.filter((one) => one.isDirectory() === (what === 'directories')).map(({ name }) => name);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
