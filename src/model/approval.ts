/** Somebody who acts. `id` is the Slack user id, or `terminal:NAME` on the command line. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** One person's yes to exactly one plan hash. */
export interface Consent {
  readonly by: Person;
  readonly at: number;
  readonly planHash: string;
  /** Armored SSHSIG under the plan's order, namespace `netdiag-fix`; absent where none was demanded. */
  readonly signature?: string;
}

declare const approved: unique symbol;

/**
 * Enough consents to one plan. Only `incident/offer/authorise` makes one; nothing else in the tree can, because the
 * brand has no value anybody could write down.
 */
export interface Approval {
  readonly [approved]: true;
  readonly planId: string;
  readonly planHash: string;
  readonly consents: readonly Consent[];
  readonly expiresAt: number;
  /** One person gave it alone, in an emergency: the number of consents that the plan wants does not count. */
  readonly glass?: true;
}
