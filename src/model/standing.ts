/** What the chat says of somebody at one moment. */
export interface Standing {
  readonly id: string;
  /** A full member of the workspace: nobody who has left, no guest, no stranger, no bot. */
  readonly member: boolean;
  /** Ids of the user groups that they are in, of those that may approve. */
  readonly groups: readonly string[];
}

/** A signature that came with a press of a button. */
export interface GivenSignature {
  /** Armored SSHSIG. */
  readonly armored: string;
  /** Who made it under exactly the shown text, as a name of `approval.signersFile`; `null`: nobody here could tell. */
  readonly principal: string | null;
  /** Why it does not verify, one sentence; absent when it does, and where there is no `approval.signersFile`. */
  readonly refusal?: string;
}
