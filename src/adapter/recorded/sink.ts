import type {
  ChangeRequest,
  ClosedDoor,
  Door,
  KubernetesPatch,
  LedgerEntry,
  NodeIdentity,
  Output,
  PodFacts,
  Reading,
} from '../../model/index.ts';
import { canonical, doorName } from '../../model/index.ts';
import type { Command, Granted } from '../../port.ts';
import {
  BROKEN,
  type Fact,
  outputKey,
  type RecordedCapture,
  type RecordedChange,
  type RecordedCluster,
  type RecordedNode,
  type RecordedState,
  type Recording,
  ROLLED_BACK,
  unfixed,
} from './recording.ts';

import { StepsInMaking } from './steps-in-making.ts';

type Deep<T> = Map<string, Map<string, T>>;
interface StateInMaking extends RecordedState {
  readonly doors: Deep<true | string>;
  readonly outputs: Deep<Output>;
  readonly captures: Deep<RecordedCapture>;
  readonly nodeStates: Map<string, Reading<readonly string[]>>;
  readonly cluster: {
    -readonly [K in keyof RecordedCluster]: RecordedCluster[K] extends ReadonlyMap<string, infer V>
      ? Map<string, V>
      : RecordedCluster[K];
  };
}

/** A change under way while it is recorded. */
interface Pending {
  readonly from: string;
  readonly change: ChangeInMaking;
  readonly isNew: boolean;
}
type ChangeInMaking = { -readonly [K in keyof RecordedChange]: RecordedChange[K] };

/** Collects what is seen, state by state. What is seen again in the same state replaces what was seen before. */
export class Sink {
  readonly #about: Pick<Recording, 'name' | 'title' | 'cluster' | 'madeFrom'>;
  readonly #nodes = new Map<string, RecordedNode>();
  readonly #configured = new Map<string, string>();
  readonly #states = new Map<string, StateInMaking>();
  readonly #changes: ChangeInMaking[] = [];
  readonly #pending = new Map<string, Pending>();
  readonly #doorsKnown = new Set<string>();
  readonly #steps = new StepsInMaking((name) => this.#states.has(name));
  #state = BROKEN;
  #next: string | null = null;

  constructor(about: Pick<Recording, 'name' | 'title' | 'cluster' | 'madeFrom'>) {
    this.#about = about;
  }

  /** Name of the state that is being recorded. */
  get present(): string {
    return this.#state;
  }

  /** From now on everything belongs to this state. */
  state(name: string): void {
    this.#state = name;
  }

  /** The next change leads to the state `after:REMEDIATION`. Absent: `after:change-1`, `after:change-2` … */
  expect(remediation: string): void {
    this.#next = `after:${remediation}`;
  }

  node({ name, machineId, bootId }: NodeIdentity): void {
    this.#nodes.set(name, { machineId, bootId });
  }

  /** The configuration names this address for a node. */
  configured(node: string, address: string): void {
    this.#configured.set(node, address);
  }

  /** The doors of this state are recorded: whoever comes in from now on may meet its end, and other doors. */
  doorsKnown(state: string): void {
    this.#doorsKnown.add(state);
  }

  door(state: string, node: string, door: Door | null, tried: readonly ClosedDoor[]): void {
    if (this.#doorsKnown.has(state)) return;
    const doors = inner(this.#at(state).doors, node);
    for (const closed of tried) doors.set(doorName(closed.door), closed.because);
    if (door !== null) doors.set(doorName(door), true);
  }

  output(state: string, node: string, command: Command, output: Output): void {
    inner(this.#at(state).outputs, node).set(outputKey(command), output);
  }

  capture(state: string, node: string, key: string, capture: RecordedCapture): void {
    inner(this.#at(state).captures, node).set(key, capture);
  }

  nodeState(state: string, node: string, reading: Reading<readonly string[]>): void {
    this.#at(state).nodeStates.set(node, reading);
  }

  /** What the API said in the present state. */
  clusterFact<K extends 'nodes' | 'cni' | 'apiServers'>(question: K, fact: RecordedCluster[K]): void {
    this.#at(this.#state).cluster[question] = fact as StateInMaking['cluster'][K];
  }

  nodeFact<T>(pick: (cluster: StateInMaking['cluster']) => Map<string, Fact<T>>, about: string, fact: Fact<T>): void {
    pick(this.#at(this.#state).cluster).set(about, fact);
  }

  /** The API server was asked for a patch, and this is what became of it. */
  patched(step: KubernetesPatch, fix: string, taking: 'effect' | 'back', granted: Granted): void {
    if (granted.is !== 'done') return;
    this.#enter(
      this.#steps.patched({ from: this.#state, next: this.#next, detail: granted.detail }, step, fix, taking),
    );
  }

  /** The API server was asked to delete a pod that it has shown before. */
  podDeleted(uid: string, granted: Granted): void {
    const { pods, podsOf } = this.#at(this.#state).cluster;
    const shown = [...podsOf.values(), ...pods.values()].flatMap((fact) => ('fact' in fact ? fact.fact : []));
    const pod: PodFacts | undefined = shown.find((one) => one.uid === uid);
    if (granted.is !== 'done' || pod === undefined) return;
    this.#enter(this.#steps.deleted({ from: this.#state, next: this.#next, detail: granted.detail }, pod));
  }

  #enter(state: string | null): void {
    if (state === null) return;
    this.#next = null;
    this.#state = state;
    this.#at(state);
  }

  /** A change was handed to a node, and this is what the node said. */
  changed(node: string, request: ChangeRequest, entry: LedgerEntry): void {
    if (entry.state === 'refused' || entry.state === 'failed') return;
    const from = this.#state;
    this.#heldTrue(from, node, request);
    const to = this.#next ?? `after:change-${this.#changes.length + 1}`;
    this.#next = null;
    const seen = this.#changes.find(
      (one) => one.node === node && one.to === to && canonical(one.apply) === canonical(request.apply),
    );
    const change = seen ?? {
      node,
      from: unfixed(from),
      to,
      apply: request.apply,
      said: { state: entry.state === 'applied' ? 'applied' : 'begun', detail: entry.detail },
      confirmed: null,
      rolledBack: null,
    };
    if (seen === undefined) this.#changes.push(change);
    this.#pending.set(`${node} ${request.fix}`, { from, change, isNew: seen === undefined });
    this.#state = to;
    this.#at(to);
  }

  /** What a node's ledger said of a fix. */
  ledger(node: string, fix: string, entry: LedgerEntry | null): void {
    const pending = this.#pending.get(`${node} ${fix}`);
    if (pending === undefined || entry === null) return;
    if (entry.state === 'confirmed') pending.change.confirmed = entry.difference;
    if (entry.state === 'refused') {
      if (pending.isNew) {
        this.#changes.splice(this.#changes.indexOf(pending.change), 1);
        this.#states.delete(pending.change.to);
      }
      this.#state = pending.from;
    }
    if (entry.state === 'rolled-back') {
      pending.change.rolledBack = entry.difference;
      this.#state = unfixed(pending.change.from) === BROKEN ? ROLLED_BACK : pending.from;
    }
    if (['confirmed', 'refused', 'rolled-back'].includes(entry.state)) this.#pending.delete(`${node} ${fix}`);
  }

  /** The recording so far. */
  recording(): Recording {
    this.#at(BROKEN);
    const nodes = new Map(
      [...this.#nodes].map(([name, node]) => {
        const configured = this.#configured.get(name);
        return [name, configured === undefined ? node : { ...node, configured }];
      }),
    );
    return { ...this.#about, nodes, states: this.#states, changes: [...this.#changes], steps: [...this.#steps.all] };
  }

  /** The node itself looked at each precondition before it changed anything, and found what was expected. */
  #heldTrue(state: string, node: string, { preconditions }: ChangeRequest): void {
    const outputs = inner(this.#at(state).outputs, node);
    for (const { argv, stdout } of preconditions) {
      const [first, ...rest] = argv;
      const key = first === undefined ? undefined : outputKey({ argv: [first, ...rest] });
      if (key === undefined || outputs.has(key)) continue;
      const stderr = new Uint8Array();
      outputs.set(key, {
        exit: 0,
        stdout: new TextEncoder().encode(stdout),
        stderr,
        timedOut: false,
        truncated: false,
        ms: 0,
      });
    }
  }

  #at(name: string): StateInMaking {
    const there = this.#states.get(name);
    if (there !== undefined) return there;
    const state: StateInMaking = {
      doors: new Map(),
      outputs: new Map(),
      captures: new Map(),
      nodeStates: new Map(),
      cluster: {
        nodes: null,
        cni: null,
        apiServers: null,
        pods: new Map(),
        events: new Map(),
        kubelets: new Map(),
        podsOf: new Map(),
        rehearsals: new Map(),
      },
    };
    this.#states.set(name, state);
    return state;
  }
}

function inner<T>(map: Deep<T>, key: string): Map<string, T> {
  const there = map.get(key) ?? new Map<string, T>();
  map.set(key, there);
  return there;
}
