/** One bug, as exact pieces of source that are replaced while the modules are loaded. Nothing on the disk changes. */
export interface Bug {
  readonly says: string;
  /** Room and file name below `src/`, what stands there once, and what takes its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
}

const AUTHORISE = 'incident/authorise.ts';
const DECIDE = 'incident/decide.ts';

/** Bugs that somebody could make; each must be found. */
export const BUGS: readonly Bug[] = [
  {
    says: 'an expired offer is approved',
    edits: [
      [AUTHORISE, "offer.state === 'expired' || at >= offer.plan.expiresAt", "offer.state === 'expired'"],
      ['incident/step.ts', 'if (!changed) expireDue(turn);', ''],
    ],
  },
  {
    says: 'a clock set back brings an expired offer to life',
    edits: [['incident/step.ts', 'if (!changed) expireDue(turn);', '']],
  },
  {
    says: 'an offer expires whenever it is told to',
    edits: [[DECIDE, 'if (turn.event.at < offer.plan.expiresAt)', 'if (turn.event.at < 0)']],
  },
  {
    says: 'who asked for it approves it',
    edits: [[AUTHORISE, 'if (samePerson(by, requester, policy))\n', 'if (by.id === "nobody")\n']],
  },
  {
    says: 'who asked for it approves it under another id',
    edits: [[AUTHORISE, 'if (samePerson(by, requester, policy))\n', 'if (by.id === requester.id)\n']],
  },
  {
    says: 'a consent of one person counts twice',
    edits: [
      [AUTHORISE, 'offer.consents.some((consent) => samePerson(consent.by, by, policy))', 'offer.consents.length > 9'],
    ],
  },
  {
    says: 'the ids of one person count as two people',
    edits: [[AUTHORISE, 'samePerson(consent.by, by, policy)', 'consent.by.id === by.id']],
  },
  {
    says: 'anybody approves',
    edits: [[AUTHORISE, 'if (!isApprover(by, policy, groups)) return', 'if (by.id === "nobody") return']],
  },
  {
    says: 'any user group approves',
    edits: [[AUTHORISE, 'groups.includes(id)', 'groups.length > 0']],
  },
  {
    says: 'anybody rejects and stops',
    edits: [[AUTHORISE, 'return samePerson(by, requester, policy) || isApprover(by, policy, groups);', 'return true;']],
  },
  {
    says: 'one consent is enough where two are needed',
    edits: [[AUTHORISE, 'consents.length < offer.plan.approvals', 'consents.length < 1']],
  },
  {
    says: 'a plan of the highest risk asks for one consent',
    edits: [['incident/draft.ts', '3: 2 }', '3: 1 }']],
  },
  {
    says: 'a rejection does not last',
    edits: [[DECIDE, "state: 'rejected', decidedBy: by", "state: 'waiting', decidedBy: by"]],
  },
  {
    says: 'an approved offer stays on offer',
    edits: [[DECIDE, "state: 'approved', decidedBy: by", "state: 'waiting', decidedBy: by"]],
  },
  {
    says: 'a button of another incident approves this one',
    edits: [
      [
        DECIDE,
        'turn.state.buttons[pressed] : undefined;',
        "turn.state.buttons[pressed] : Object.values(turn.state.buttons).findLast(({ means }) => means === 'approve');",
      ],
    ],
  },
  {
    says: 'a dismissed finding keeps its plans on offer',
    edits: [['incident/dismiss.ts', 'if (offer.plan.finding === code) replace(turn, superseded(offer));', '{}']],
  },
  {
    says: 'who asks for another look may approve what it leads to',
    edits: [['incident/reopen.ts', '    by,\n    repeat,', '    repeat,']],
  },
  {
    says: 'who asks for the lasting form may approve it',
    edits: [[DECIDE, 'set(turn, { by, past:', 'set(turn, { past:']],
  },
  {
    says: 'a changed playbook goes on with an old offer',
    edits: [['incident/follow.ts', '?.playbook.digest !== playbook.digest;', '?.playbook.id === null;']],
  },
  {
    says: 'the hash is of the draft and not of what is shown',
    edits: [['incident/propose.ts', 'hash: sha256(canonical(plan)), state: ', 'hash: offer.hash, state: ']],
  },
  {
    says: 'the executor does not compare the hash',
    edits: [['shell/not-approved.ts', 'sha256(canonical(plan)) !== approval.planHash || ', '']],
  },
  {
    says: 'the executor does not look at the time',
    edits: [['shell/not-approved.ts', 'now >= approval.expiresAt', 'now < 0']],
  },
  {
    says: 'the hash does not tell the order of steps',
    edits: [
      [
        'model/json.ts',
        'value.map((item) => canonical(item ?? null)).join',
        'value.map((item) => canonical(item ?? null)).toSorted().join',
      ],
    ],
  },
  {
    says: 'the hash does not know what a command reads',
    edits: [
      ['model/json.ts', 'member !== undefined)', "member !== undefined && _ !== 'stdin')"],
      ['model/json.ts', '.filter(([, member])', '.filter(([_, member])'],
    ],
  },
];
