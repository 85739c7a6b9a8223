import type { ChangeRequest, LedgerEntry, NodeRun } from '../../src/model/index.ts';
import type { Clock } from '../../src/port.ts';

/** What the ledger needs to know of its node. */
interface Node {
  says(argv: readonly string[]): string;
  /** What a failing step says; `null` for one that works. */
  fails(run: NodeRun): string | null;
  difference(how: 'confirmed' | 'rolled-back'): readonly string[];
  tell(what: 'applied' | 'rolled-back', request: ChangeRequest): void;
}

/** The ledger of one node in memory, with the same answers as the real one. */
export interface FakeLedger {
  change(request: ChangeRequest): LedgerEntry;
  ask(fix: string, verb: 'status' | 'confirm' | 'roll-back'): LedgerEntry | null;
  /** The node restarted: what was set at run time is gone. */
  restart(): void;
  /** Lines of node state that what is applied or confirmed has added. */
  added(): readonly string[];
}

interface Row {
  readonly request: ChangeRequest;
  readonly deadline: number;
  entry: LedgerEntry;
}

export function fakeLedger(clock: Pick<Clock, 'now'>, node: Node): FakeLedger {
  const rows = new Map<string, Row>();
  const unsettled = () => [...rows.values()].find(({ entry }) => entry.state === 'applied');

  const write = (row: Row, state: LedgerEntry['state'], detail: string): LedgerEntry => {
    const ended = state === 'confirmed' || state === 'rolled-back';
    row.entry = { fix: row.request.fix, state, detail, difference: ended ? node.difference(state) : [] };
    return row.entry;
  };
  const undo = (row: Row, detail: string): LedgerEntry => {
    node.tell('rolled-back', row.request);
    return write(row, 'rolled-back', detail);
  };
  /** A deadline that has passed is a rollback that has happened. */
  const keepTime = () => {
    const late = unsettled();
    if (late === undefined || clock.now() < late.deadline) return;
    const { rollbackSeconds } = late.request;
    undo(late, `Nobody confirmed the change within ${rollbackSeconds} s, so the node restored itself.`);
  };

  return {
    change(request) {
      keepTime();
      const known = rows.get(request.fix);
      if (known !== undefined) return known.entry;
      const other = unsettled();
      const entry: LedgerEntry = { fix: request.fix, state: 'begun', detail: '', difference: [] };
      const row: Row = { request, deadline: clock.now() + request.rollbackSeconds * 1000, entry };
      rows.set(request.fix, row);
      if (other !== undefined) {
        const { fix } = other.request;
        return write(row, 'refused', `Another change is in progress on this node (${fix}); nothing was changed.`);
      }
      for (const [index, { argv, stdout }] of request.preconditions.entries()) {
        const says = node.says(argv);
        if (says === stdout) continue;
        const words = `\`${argv.join(' ')}\` now says "${says.trim()}" instead of "${stdout.trim()}"`;
        return write(row, 'refused', `Precondition ${index + 1} no longer holds, so nothing was changed: ${words}.`);
      }
      node.tell('applied', request);
      for (const [index, run] of request.apply.entries()) {
        const says = node.fails(run);
        if (says === null) continue;
        return undo(
          row,
          `Step ${index + 1}, \`${run.argv.join(' ')}\`, ended with status 1 (${says}); the node restored itself.`,
        );
      }
      return write(row, 'applied', '');
    },
    ask(fix, verb) {
      keepTime();
      const row = rows.get(fix);
      if (row === undefined) return null;
      if (row.entry.state !== 'applied') return row.entry;
      if (verb === 'confirm') return write(row, 'confirmed', '');
      return verb === 'roll-back' ? undo(row, 'The node restored itself as asked.') : row.entry;
    },
    added() {
      keepTime();
      const lasting = [...rows.values()].filter(({ entry }) => ['applied', 'confirmed'].includes(entry.state));
      return lasting.map(({ request }) => `changed by ${request.fix}`);
    },
    restart() {
      const row = unsettled();
      if (row !== undefined) undo(row, 'The node restarted, so what the change had set at run time is gone.');
    },
  };
}
