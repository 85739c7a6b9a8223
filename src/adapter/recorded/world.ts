import type { ChangeRequest, KubernetesPatch, LedgerEntry, Output, PatchedObject } from '../../model/index.ts';
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
  changeOf,
  patchKey,
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

/** What a recorded change has written is there: a file, a kernel setting. `null` where the command asks for something else. */
function answerWritten(world: World, node: string, [tool, ...rest]: readonly string[]): Output | null {
  const [name] = rest;
  if (tool === 'sysctl' && name !== undefined && rest.length === 1) {
    const value = world.setTo(node, name);
    return value === null ? null : printed(`${name.replaceAll('/', '.')} = ${value}\n`);
  }
  const path = tool === 'cat' ? name : tool === 'find' ? rest[1] : undefined;
  const text = path === undefined ? null : world.written(node, path);
  if (text === null) return null;
  return printed(tool === 'cat' ? text : `${rest[0] ?? ''}\n${path ?? ''}\n`);
}

/** What a command prints that ends well. */
export function printed(text: string): Output {
  const stdout = new TextEncoder().encode(text);
  return { exit: 0, stdout, stderr: new Uint8Array(), timedOut: false, truncated: false, ms: 0 };
}

function samePatched(one: Omit<PatchedObject, 'generation'>, other: PatchedObject): boolean {
  return one.kind === other.kind && one.uid === other.uid && one.name === other.name;
}

/** A difference, seen from the other side. */
export function turnedRound(difference: readonly string[]): readonly string[] {
  return difference.map((line) => line.replace(/^[-+]/, (sign) => (sign === '-' ? '+' : '-')));
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

  /**
   * Takes the step of the API server that matches, as recorded from the present state; `null` when none is. A step `back` may be taken
   * from every later state of the same change: what was recorded is where it leads from its first one, before pods were deleted.
   */
  take(matches: (step: RecordedStep) => boolean, back = false): RecordedStep | null {
    const here = this.state;
    const found = this.recording.steps.filter(matches);
    const step =
      found.find(({ from }) => from === here) ??
      found.find(({ from }) => unfixed(from) === unfixed(here)) ??
      (back ? found.findLast(({ from }) => changeOf(from) === changeOf(here)) : undefined);
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

  /** What the change that led to the present state wrote into this file; `null` where it wrote none of that name. */
  written(node: string, path: string): string | null {
    const here = this.state;
    const runs = this.recording.changes.filter((change) => change.node === node && change.to === here);
    return (
      runs.flatMap(({ apply }) => apply).find(({ argv, stdin }) => stdin !== undefined && argv.at(-1) === path)
        ?.stdin ?? null
    );
  }

  /** The value that the change that led to the present state gave a kernel setting; `null` where it set none of that name. */
  setTo(node: string, name: string): string | null {
    const here = this.state;
    const runs = this.recording.changes.filter((change) => change.node === node && change.to === here);
    const words = runs.flatMap(({ apply }) => apply).flatMap(({ argv }) => (argv[0] === 'sysctl' ? argv : []));
    return words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  }

  /** What a patch would change that is in place already, or that takes back what is; `null` where neither was recorded. */
  rehearsed(step: KubernetesPatch): readonly string[] | null {
    const here = changeOf(this.state);
    const patches = this.recording.steps.filter((one) => one.is === 'patch' && samePatched(one.object, step.object));
    const same = patches.find((one) => one.is === 'patch' && canonical(one.patch) === canonical(step.patch));
    if (same?.is !== 'patch') return null;
    if (same.taking === 'effect') return changeOf(same.to) === here ? [] : null;
    const forth = patches.find((one) => one.is === 'patch' && one.taking === 'effect' && changeOf(one.to) === here);
    if (forth?.is !== 'patch') return null;
    const told = this.recording.states
      .get(forth.from)
      ?.cluster.rehearsals.get(patchKey({ ...forth, object: { ...forth.object, generation: null } }));
    return told === undefined || !('fact' in told) || told.fact.is !== 'would'
      ? null
      : turnedRound(told.fact.difference);
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

  #recorded(node: string, request: ChangeRequest): RecordedChange | null {
    const wanted = canonical(request.apply);
    return (
      this.recording.changes.find(
        (change) =>
          change.node === node && unfixed(change.from) === unfixed(this.state) && canonical(change.apply) === wanted,
      ) ?? this.#inverse(node, request)
    );
  }

  /** The way back of a recorded change, by somebody who would undo it with that very change: to where it began. */
  #inverse(node: string, { apply, undo }: ChangeRequest): RecordedChange | null {
    const wanted = canonical(undo);
    const forth = this.recording.changes.find(
      (change) => change.node === node && change.to === this.#state && canonical(change.apply) === wanted,
    );
    if (forth === undefined) return null;
    const back = this.recording.states.has(ROLLED_BACK) ? ROLLED_BACK : BROKEN;
    return {
      node,
      from: forth.to,
      to: unfixed(forth.from) === BROKEN ? back : forth.from,
      apply,
      said: { state: 'applied', detail: '' },
      confirmed: forth.confirmed === null ? null : turnedRound(forth.confirmed),
      rolledBack: [],
    };
  }

  /** Why the node would not change anything; `null` when nothing stands against it. */
  #objection(node: string, request: ChangeRequest, change: RecordedChange | null): string | null {
    const other = [...this.#fixes.values()].find((fix) => fix.node === node && fix.entry.state === 'applied');
    if (other !== undefined) return `The change ${other.entry.fix} on this node is not settled; nothing was changed.`;
    for (const [index, { argv, stdout }] of request.preconditions.entries()) {
      const output = this.looked(node, argv);
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
  looked(node: string, [first, ...rest]: readonly string[]): Output | null {
    if (first === undefined) return null;
    const key = outputKey({ argv: [first, ...rest] });
    for (const state of new Set([this.#state, unfixed(this.#state)])) {
      const output = this.recording.states.get(state)?.outputs.get(node)?.get(key);
      if (output !== undefined) return output.gap === undefined ? output : null;
    }
    return answerWritten(this, node, [first, ...rest]);
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
