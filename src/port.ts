import type {
  Attachment,
  AuditRow,
  CaptureFilter,
  CaptureLimits,
  ChangeRequest,
  Choice,
  ClosedDoor,
  ClusterEvent,
  CniFacts,
  Digest,
  Door,
  Effect,
  Event,
  Gap,
  IncidentLine,
  IncidentState,
  KnownNode,
  KubernetesPatch,
  LedgerEntry,
  Message,
  MessageRef,
  NodeFacts,
  NodeIdentity,
  Output,
  Person,
  Place,
  PodFacts,
  Reading,
  Standing,
} from './model/index.ts';

/** Reads time. Milliseconds since the epoch; never used to compare two machines. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Makes unguessable names. */
export interface Ids {
  /** 128 random bits, 32 hexadecimal digits. */
  token(): string;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
}

/** A command for a node. Never a shell string. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Node-side deadline, milliseconds. Absent: 10,000. */
  readonly deadlineMs?: number;
  readonly stdin?: Uint8Array;
  /** Needs root; on a connection of another user it runs through `sudo -n`. Absent: true. */
  readonly privileged?: boolean;
  /** Stable name under which a recording keeps the output; absent: the argv itself. */
  readonly key?: string;
}

/** Where a node may be reached: doors in the order to try. */
export interface NodeTarget {
  readonly name: string;
  readonly addresses: readonly {
    readonly address: string;
    readonly from: 'configured' | 'node-status';
    readonly port?: number;
  }[];
  /** A healthy node to jump through when no address answers directly. */
  readonly jump?: NodeTarget;
  /** Only these addresses may be used: the confirming connection of a plan. */
  readonly only?: readonly string[];
}

/** A node that was reached, or the one sentence why not, with every door tried. */
export type Reached =
  | { readonly reached: true; readonly session: NodeSession }
  | { readonly reached: false; readonly gap: Gap; readonly sentence: string; readonly tried: readonly ClosedDoor[] };

/** One connection to one node. Methods never throw for what a node does: gaps come back as values. */
export interface NodeSession {
  readonly door: Door;
  /** Doors tried before this one opened. */
  readonly tried: readonly ClosedDoor[];
  readonly identity: NodeIdentity;
  /** Runs every command, in order, in one round trip; outputs in the order of the commands. */
  run(commands: readonly Command[], signal?: AbortSignal): Promise<readonly Output[]>;
  /** Captures packets at one device until a limit or `stop`. */
  capture(request: {
    readonly device: string;
    readonly filter: CaptureFilter;
    readonly limits: CaptureLimits;
    /** Under which a recording keeps the packets. */
    readonly key: string;
  }): Promise<RunningCapture>;
  /** Starts an approved change under the node's ledger; resolves when the node says applied, refused, failed or later. */
  change(request: ChangeRequest): Promise<LedgerEntry>;
  /** The node state, line by line, as a rollback would compare it; a gap where it could not be read. */
  state(): Promise<Reading<readonly string[]>>;
  /** Asks the ledger: `null` when the node does not know the fix id. */
  ledger(fix: string, verb: 'status' | 'confirm' | 'roll-back'): Promise<LedgerEntry | null>;
  close(): Promise<void>;
}

/** A capture that is listening. */
export interface RunningCapture {
  /** Ends it and gives the pcap file's bytes; `gap` names why it is not whole. */
  stop(): Promise<{ readonly pcap: Uint8Array; readonly gap?: Gap; readonly detail?: string }>;
}

/** Reaches nodes. */
export interface NodeShell {
  open(target: NodeTarget, signal?: AbortSignal): Promise<Reached>;
}

/** Why the cluster did not answer, as one sentence for the person. */
export class ClusterError extends Error {
  readonly gap: Gap;
  constructor(gap: Gap, sentence: string) {
    super(sentence);
    this.name = 'ClusterError';
    this.gap = gap;
  }
}

/** What the API server said when asked to reach a kubelet. */
export interface KubeletReach {
  readonly verdict: 'answers' | 'timed-out' | 'refused' | 'no-route' | 'other';
  /** The API server's own words, cleaned. */
  readonly said: string;
  readonly ms: number;
}

/** What became of one change that the API server was asked for. `refused`: nothing was changed, and why, one sentence. */
export type Granted =
  | { readonly is: 'done'; readonly detail: string }
  | { readonly is: 'refused'; readonly detail: string };

/** Reads the Kubernetes API, and changes it only by `patch` and `deletePod`. Every method throws ClusterError. */
export interface Cluster {
  readonly name: string;
  nodes(): Promise<readonly NodeFacts[]>;
  podsOn(node: string): Promise<readonly PodFacts[]>;
  cni(): Promise<CniFacts>;
  events(node: string): Promise<readonly ClusterEvent[]>;
  /** Addresses behind the `kubernetes` service: the API servers as the cluster sees them. */
  apiServers(): Promise<readonly string[]>;
  /** Asks the API server to call the node's kubelet (`nodes/proxy` healthz); its own deadline is above 30 s. */
  reachKubelet(node: string): Promise<KubeletReach>;
  /** Pods with this controlling owner (`DaemonSet/aws-node`) in a namespace. */
  podsOf(namespace: string, owner: string): Promise<readonly PodFacts[]>;
  /**
   * What a patch would change, from the API server's own dry-run: `-old` and `+new` lines of the object's YAML, without what the
   * server manages. `refused` where the object is another one or was changed since, or the server rejects the patch.
   */
  rehearse(
    step: KubernetesPatch,
  ): Promise<{ readonly is: 'would'; readonly difference: readonly string[] } | Extract<Granted, { is: 'refused' }>>;
  /**
   * Patches the object, guarded by its uid, its generation and its resourceVersion, and writes the fix id into its annotation
   * `netdiag/fix` in the same request: an object that bears it is done already, however often this is asked. `taking: 'back'`
   * is guarded by that annotation instead, and an object that does not bear it is left alone and counts as done.
   */
  patch(step: KubernetesPatch, fix: string, taking: 'effect' | 'back'): Promise<Granted>;
  /** Deletes exactly the pod of that uid; done as well where no such pod is there any more. */
  deletePod(step: { readonly namespace: string; readonly name: string; readonly uid: string }): Promise<Granted>;
}

/** Tells one message of one incident from all others, so that a chat can find out whether it has it already. */
export interface Mark {
  /** 32 hexadecimal digits, the same at every try. */
  readonly id: string;
  /** No try was made before this time; milliseconds since the epoch. */
  readonly since: number;
  /** An earlier try may have posted it, and nobody knows. */
  readonly perhaps: boolean;
}

/** Speaks with people: Slack, or a terminal. */
export interface Thread {
  /**
   * Posts the message, or updates it in place when `previous` is given. The first live message makes the thread. One that `perhaps`
   * stands there is looked for before it is posted; without a mark none is looked for.
   */
  show(place: Place, slot: string, message: Message, previous: MessageRef | null, mark?: Mark): Promise<MessageRef>;
  attach(place: Place, files: readonly Attachment[], bytes: (digest: Digest) => Promise<Uint8Array>): Promise<void>;
  /** Says something to one person only, where they acted. */
  whisper(place: Place, to: Person, sentence: string): Promise<void>;
}

/** Draws pictures. */
export interface Painter {
  /** The SVG document as PNG, as wide as it says of itself. Rejects with one sentence when it cannot be drawn. */
  png(svg: string): Promise<Uint8Array>;
}

/** An effect taken by a worker. The fence rises with each lease; a result under a lower fence is refused. */
export interface LeasedEffect {
  readonly incident: string;
  readonly effect: Effect;
  readonly fence: number;
  /** How often it was leased, this one included; above 1 the last attempt's end is unknown. */
  readonly attempt: number;
}

/** Everything that one transition writes, in one transaction. */
export interface Advance {
  readonly incident: string;
  /** Version of the state that the transition started from; 0 for a new incident. */
  readonly from: number;
  readonly event: Event;
  readonly state: IncidentState;
  readonly effects: readonly Effect[];
  readonly audit: readonly AuditRow[];
  /** The effect that this event is the outcome of; it ends in the same transaction. */
  readonly ends?: { readonly key: string; readonly fence: number };
  /** Unique key of the outside cause (a click, a command): seen before, and nothing is written. */
  readonly inbox?: string;
}

/** `stale`: another writer was first, read again · `seen`: that inbox key was used · `fenced`: the lease was lost. */
export type Advanced = 'written' | 'stale' | 'seen' | 'fenced';

/** An incident as stored. */
export interface StoredIncident {
  readonly incident: string;
  readonly version: number;
  readonly state: IncidentState;
}

/** Keeps everything: one transaction per transition. Every method throws JournalError when the database does not answer. */
export interface Journal {
  advance(advance: Advance): Promise<Advanced>;
  load(incident: string): Promise<StoredIncident | null>;
  /** Incidents that are not closed, oldest first. */
  open(): Promise<readonly StoredIncident[]>;
  /** The newest incidents, closed ones included, at most `limit`, newest first. */
  latest(limit: number): Promise<readonly StoredIncident[]>;
  events(incident: string): Promise<readonly Event[]>;
  /** Takes effects that are due and not leased by a living worker, at most `limit`. Wake-ups become due at their time. */
  lease(worker: string, now: number, ttlMs: number, limit: number): Promise<readonly LeasedEffect[]>;
  /** Ends an effect whose outcome changes nothing; false when the lease was lost. */
  end(incident: string, key: string, fence: number): Promise<boolean>;
  /** Gives an effect back to be leased again at `due`, after a failure worth another try. */
  release(incident: string, key: string, fence: number, due: number): Promise<boolean>;
  /** Lengthens a lease; false when it was lost. */
  renew(incident: string, key: string, fence: number, until: number): Promise<boolean>;
  /** When the next effect that is not due now will be; `null` when none waits. */
  nextDue(now: number): Promise<number | null>;
  /** Records that a raw inbound payload arrived, before it is acked; false when its key was seen before. */
  receive(key: string, payload: string, at: number): Promise<boolean>;
  /** Inbound payloads recorded and not yet handled, oldest first. */
  unhandled(): Promise<readonly { readonly key: string; readonly payload: string; readonly at: number }[]>;
  handled(key: string): Promise<void>;
  /** Keeps bytes under their SHA-256; keeping the same bytes twice is one row. */
  keep(kind: 'output' | 'capture', bytes: Uint8Array): Promise<Digest>;
  bytes(digest: Digest): Promise<Uint8Array | null>;
  audit(incident: string): Promise<readonly AuditRow[]>;
  /** Adds a row to the audit that belongs to no transition of an incident. */
  note(row: AuditRow): Promise<void>;
  close(): Promise<void>;
}

/** The journal did not answer, or holds something of another version. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** What a person signs to approve a plan. */
export interface ToSign {
  readonly letter: string;
  readonly title: string;
  readonly node: string;
  /** The text; every byte of it counts. */
  readonly order: string;
  /** What to paste into a terminal to sign it. */
  readonly command: string;
}

/** Knows who may sign, and verifies what they signed. */
export interface Signatures {
  /**
   * Which of these principals made the armored signature under exactly this text, for netdiag's purpose and while their key was valid;
   * otherwise why not, one sentence. Never throws for what is in a signature.
   */
  verify(
    text: string,
    signature: string,
    principals: readonly string[],
  ): Promise<{ readonly principal: string } | { readonly refusal: string }>;
}

/** What comes in from people, once it is recorded and acked. */
export interface Desk {
  /**
   * `/netdiag NODE`: checks the starter and the node ("did you mean …"), opens an incident or joins the running one.
   * Gives what only the person who typed it should read; `null` when the thread says it all.
   */
  start(request: {
    /** Unique key of the outside cause; the same key twice starts one incident. */
    readonly key: string;
    readonly node: string;
    readonly by: Person;
    readonly place: Place;
    /** Id of the symptom, when it is known beforehand; its question is then not asked. */
    readonly symptom?: string;
  }): Promise<string | null>;
  /** A button press. Gives the refusal for the presser only; `null` when it was taken. */
  press(request: {
    readonly key: string;
    readonly token: string;
    readonly by: Person;
    readonly place: Place;
    readonly reason?: string;
    /**
     * Which of the configured user groups the presser is in now; asked only where it decides whether the press counts. Rejects
     * with one sentence when that cannot be told. Absent: there are no groups.
     */
    readonly groups?: () => Promise<readonly string[]>;
    /**
     * What the chat says now of somebody who approved before; asked only where it decides whether their approval still counts. Rejects
     * with one sentence when that cannot be told. Absent: the chat cannot be asked.
     */
    readonly standing?: (person: string) => Promise<Standing>;
    /** The message that was pressed on; absent where there is none (a Home tab, a terminal). */
    readonly message?: MessageRef;
    /** Armored, as somebody pasted it; absent: none was asked for. */
    readonly signature?: string;
  }): Promise<string | null>;
  /**
   * Stops every change of every cluster before it begins, or allows them again; only for those who may approve. `done`: the switch was
   * turned. The sentence is for the person. Rejects with one sentence when it cannot be told whether they may.
   */
  switchChanges(request: {
    readonly by: Person;
    readonly stop: boolean;
    /** In their own words; empty where they gave none. */
    readonly reason: string;
    /** As with a press. */
    readonly groups?: () => Promise<readonly string[]>;
  }): Promise<{ readonly done: boolean; readonly sentence: string }>;
  /** What somebody would have to sign for this button to count; `null` where nothing, or where the button means nothing any more. */
  toSign(token: string): Promise<ToSign | null>;
  /** Every node of every cluster, in the order of their names, and one sentence for each cluster that did not answer. */
  nodes(): Promise<{ readonly nodes: readonly KnownNode[]; readonly silent: readonly string[] }>;
  /** What may be chosen as a symptom beforehand, in the order of the buttons. */
  symptoms(): readonly Choice[];
  /** Incidents that are open, oldest first, and the newest ones that are over. */
  overview(): Promise<{ readonly open: readonly IncidentLine[]; readonly over: readonly IncidentLine[] }>;
}
