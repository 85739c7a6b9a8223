import type { ChangeRequest, LedgerEntry, Output } from '../../model/index.ts';
import { canonical } from '../../model/index.ts';
import type { Clock } from '../../port.ts';
import {
  BROKEN,
  type RecordedChange,
  type RecordedState,
  type Recording,
  type RecordedStep,
  ROLLED_BACK,
  outputKey,
  unfixed,
} from './recording.ts';

/** How a recording is played. */
export interface PlayOptions {
  /** Waits this many times as long as the commands took when they were recorded. Absent: 0, answers at once. */
  readonly pace?: number;
}

/** A fix in a node's ledger. `deadline`: when the node restores itself unless confirmed, by the clock. */
interface Fix {
  readonly node: string;
  readonly change: RecordedChange | null;
  readonly before: string;
  readonly deadline: number;
  readonly rollbackSeconds: number;
  entry: LedgerEntry;
}

/** The recorded nodes and cluster as they are now. NodeShell and Cluster of one recording share one world. */
export class World {
  readonly recording: Recording;
  readonly clock: Clock;
  readonly pace: number;
  /** Which fix each Kubernetes object bears in its annotation, by kind, namespace and name. */
  readonly bears = new Map<string, string>();
  readonly #fixes = new Map<string, Fix>();
  #state = BROKEN;

  constructor(recording: Recording, clock: Clock, { pace = 0 }: PlayOptions = {}) {
    this.recording = recording;
    this.clock = clock;
    this.pace = pace;
  }

  /** Name of the present state; rollbacks whose time has come have happened. */
  get state(): string {
    this.#rollBackWhatIsDue();
    return this.#state;
  }

  /** Everything recorded of the present state; `null` when the recording has no such state. */
  get present(): RecordedState | null {
    return this.recording.states.get(this.state) ?? null;
  }

  /** As on the first day: broken, and no fix known. */
  reset(): void {
    this.#fixes.clear();
    this.bears.clear();
    this.#state = BROKEN;
  }

  /** Takes the step of the API server that matches, as recorded from the present state; `null` when none is. */
  take(matches: (step: RecordedStep) => boolean): RecordedStep | null {
    const here = this.state;
    const found = this.recording.steps.filter(matches);
    const step = found.find(({ from }) => from === here) ?? found.find(({ from }) => unfixed(from) === unfixed(here));
    if (step !== undefined) this.#state = step.to;
    return step ?? null;
  }

  /** Starts a change on a node. A fix id that its ledger knows is not started again. */
  change(node: string, request: ChangeRequest): LedgerEntry {
    const known = this.#known(node, request.fix);
    if (known !== null) return known.entry;
    const change = this.#recorded(node, request);
    const objection = this.#objection(node, request, change);
    const fix: Fix = {
      node,
      change,
      before: this.#state,
      deadline: this.clock.now() + request.rollbackSeconds * 1000,
      rollbackSeconds: request.rollbackSeconds,
      entry: { fix: request.fix, state: 'applied', detail: '', difference: [] },
    };
    this.#fixes.set(`${node} ${request.fix}`, fix);
    if (objection !== null || change === null) {
      fix.entry = { ...fix.entry, state: 'refused', detail: objection ?? '' };
      return fix.entry;
    }
    this.#state = change.to;
    return { ...fix.entry, ...change.said };
  }

  /** Asks a node's ledger; `null` when it does not know the fix id. */
  ledger(node: string, id: string, verb: 'status' | 'confirm' | 'roll-back'): LedgerEntry | null {
    const fix = this.#known(node, id);
    if (fix === null) return null;
    if (fix.entry.state === 'applied' && verb === 'confirm') {
      fix.entry = { ...fix.entry, state: 'confirmed', difference: fix.change?.confirmed ?? [] };
    }
    if (fix.entry.state === 'applied' && verb === 'roll-back') {
      this.#rollBack(fix, 'The node restored itself as asked.');
    }
    return fix.entry;
  }

  #known(node: string, id: string): Fix | null {
    this.#rollBackWhatIsDue();
    return this.#fixes.get(`${node} ${id}`) ?? null;
  }

  #recorded(node: string, { apply }: ChangeRequest): RecordedChange | null {
    const wanted = canonical(apply);
    return (
      this.recording.changes.find(
        (change) =>
          change.node === node && unfixed(change.from) === unfixed(this.state) && canonical(change.apply) === wanted,
      ) ?? null
    );
  }

  /** Why the node would not change anything; `null` when nothing stands against it. */
  #objection(node: string, request: ChangeRequest, change: RecordedChange | null): string | null {
    const other = [...this.#fixes.values()].find((fix) => fix.node === node && fix.entry.state === 'applied');
    if (other !== undefined) return `The change ${other.entry.fix} on this node is not settled; nothing was changed.`;
    for (const [index, { argv, stdout }] of request.preconditions.entries()) {
      const output = this.#looked(node, argv);
      if (output === null) {
        return `Precondition ${index + 1} is not recorded, so nothing was changed: ${argv.join(' ')}.`;
      }
      const now = new TextDecoder().decode(output.stdout);
      if (now !== stdout) {
        return `Precondition ${index + 1} no longer holds, so nothing was changed: ${argv.join(' ')} now says "${now.slice(0, 300).trim()}" instead of "${stdout.slice(0, 300).trim()}".`;
      }
    }
    return change === null ? 'This change is not recorded, so nothing was changed.' : null;
  }

  /** What the node sees when it looks by itself; after a rollback its state equals the saved one. */
  #looked(node: string, [first, ...rest]: readonly string[]): Output | null {
    if (first === undefined) return null;
    const key = outputKey({ argv: [first, ...rest] });
    for (const state of new Set([this.#state, unfixed(this.#state)])) {
      const output = this.recording.states.get(state)?.outputs.get(node)?.get(key);
      if (output !== undefined) return output.gap === undefined ? output : null;
    }
    return null;
  }

  #rollBackWhatIsDue(): void {
    const now = this.clock.now();
    for (const fix of this.#fixes.values()) {
      if (fix.entry.state === 'applied' && now >= fix.deadline) {
        this.#rollBack(
          fix,
          `Nobody confirmed the change within ${fix.rollbackSeconds} s, so the node restored itself.`,
        );
      }
    }
  }

  #rollBack(fix: Fix, detail: string): void {
    fix.entry = { ...fix.entry, state: 'rolled-back', detail, difference: fix.change?.rolledBack ?? [] };
    this.#state = unfixed(fix.before) === BROKEN ? ROLLED_BACK : fix.before;
  }
}
