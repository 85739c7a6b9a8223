/** What the node's own ledger says of a fix id. The node is the authority on whether a change has begun. */
export interface LedgerEntry {
  readonly fix: string;
  /**
   * `begun` recorded, nothing else yet · `armed` rollback waits · `refused` a precondition differed or the start was
   * not possible, nothing changed · `applied` all steps ran · `failed` a step failed, rollback follows ·
   * `confirmed` rollback disarmed for good · `rolled-back` the node restored itself.
   */
  readonly state: 'begun' | 'armed' | 'refused' | 'applied' | 'failed' | 'confirmed' | 'rolled-back';
  /** One sentence: which step or precondition, with what it said. Empty when there is nothing to say. */
  readonly detail: string;
  /** After `confirmed` or `rolled-back`: lines of node state that differ from the saved ones, `-old` and `+new`. */
  readonly difference: readonly string[];
}

/** One command of a change. */
export interface NodeRun {
  readonly argv: readonly string[];
  /** What it reads; absent: nothing. */
  readonly stdin?: string;
}

/** What the node is asked to do for one approved plan. */
export interface ChangeRequest {
  readonly fix: string;
  readonly planHash: string;
  readonly rollbackSeconds: number;
  readonly preconditions: readonly { readonly argv: readonly string[]; readonly stdout: string }[];
  readonly apply: readonly NodeRun[];
  readonly undo: readonly NodeRun[];
  /** The plan's order, for a node whose gate executes that and nothing else; absent: the node has no gate. */
  readonly order?: string;
  /** Armored signatures under the order; absent: none. */
  readonly signatures?: readonly string[];
}
