import type { Check } from '../check/check.ts';
import type { Person, Question } from '../model/index.ts';
import type { Playbook, Route } from '../playbook/index.ts';
import type { Remediation } from '../remediation/remediation.ts';

/** Who may approve, and for how long an offer stands. */
export interface ApprovalPolicy {
  /** People, and user groups of the chat: the id of a group never is that of a person. */
  readonly approvers: readonly Person[];
  readonly expiresMs: number;
  /**
   * Ids that belong to one and the same person, a list for each who has several; absent: nobody has. `terminal:NAME` is a user of
   * this machine, `signer:NAME` a name in `approval.signersFile`.
   */
  readonly identities?: readonly (readonly string[])[];
  /** Ids of the people who may start an incident; absent or empty: everybody. */
  readonly starters?: readonly string[];
  /** netdiag verifies signatures before they count; absent: where signatures are demanded, the node alone decides. */
  readonly verifies?: true;
  /** Ids of the people who may approve alone in an emergency; absent: nobody. */
  readonly breakers?: readonly string[];
}

/** Everything that the fold may choose from. Frozen at start; tests build small ones. */
export interface House {
  readonly checks: readonly Check[];
  readonly remediations: readonly Remediation[];
  /** By playbook id, in the order of the symptom buttons. */
  readonly playbooks: ReadonlyMap<string, { readonly playbook: Playbook; readonly route: Route }>;
  /** Probes without parameters that every survey asks. */
  readonly cheap: readonly Question['probe'][];
  readonly approval: ApprovalPolicy;
}
