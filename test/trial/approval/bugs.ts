/** One bug, as exact pieces of source that are replaced while the modules are loaded. Nothing on the disk changes. */
export interface Bug {
  readonly says: string;
  /** Room and file name below `src/`, what stands there once, and what takes its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
}

const AUTHORISE = 'incident/authorise.ts';
const DECIDE = 'incident/decide.ts';
const PEOPLE = 'incident/people.ts';
const REVOKE = 'incident/revoke.ts';
const GLASS = 'incident/glass.ts';

/** Bugs that somebody could make; each must be found. */
export const BUGS: readonly Bug[] = [
  {
    says: 'an expired offer is approved',
    edits: [
      [AUTHORISE, "state === 'expired' || at >= offer.plan.expiresAt", "state === 'expired'"],
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
    edits: [
      [
        AUTHORISE,
        'offer.consents.some((consent) => samePerson(consent.by, by, policy))',
        'offer.consents.some((consent) => consent.by.id === by.id)',
      ],
    ],
  },
  {
    says: 'anybody approves',
    edits: [[AUTHORISE, 'if (!isApprover(by, policy, asked.groups ?? [])) return', 'if (by.id === "nobody") return']],
  },
  {
    says: 'any user group approves',
    edits: [[PEOPLE, 'groups.includes(one.id)', 'groups.length > 0']],
  },
  {
    says: 'anybody rejects and stops',
    edits: [[PEOPLE, 'return samePerson(by, requester, policy) || isApprover(by, policy, groups);', 'return true;']],
  },
  {
    says: 'one consent is enough where two are needed',
    edits: [
      [AUTHORISE, 'if (offer.consents.length + 1 < plan.approvals) {', 'if (offer.consents.length < 0) {'],
      [AUTHORISE, 'if (missing > 0) return', 'if (missing > 9) return'],
    ],
  },
  {
    says: 'a plan of the highest risk asks for one consent',
    edits: [['incident/draft.ts', '3: 2 }', '3: 1 }']],
  },
  {
    says: 'a rejection does not last',
    edits: [[DECIDE, "    state: 'rejected',\n", "    state: 'waiting',\n"]],
  },
  {
    says: 'an approved offer stays on offer',
    edits: [['incident/carry-out.ts', "state: 'approved', decidedBy: by", "state: 'waiting', decidedBy: by"]],
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
  {
    says: 'who has left the workspace since still counts',
    edits: [[PEOPLE, 'now.member && isApprover', 'isApprover']],
  },
  {
    says: 'who has left the group since still counts',
    edits: [[PEOPLE, 'now !== undefined && now.member && isApprover(by, policy, now.groups)', 'now?.member === true']],
  },
  {
    says: 'nobody is asked again when the last approval comes',
    edits: [
      [AUTHORISE, 'if (untold.length > 0) {', 'if (untold.length > 99) {'],
      [AUTHORISE, 'stillApprover(earlier, policy, standing)', 'earlier.id !== ""'],
    ],
  },
  {
    says: 'a linked id is nobody known',
    edits: [[PEOPLE, '|| samePerson(one, by, policy)', '|| one.id === by.id']],
  },
  {
    says: 'a revoked approval of one of two stays',
    edits: [
      [REVOKE, 'return replace(turn, { ...offer, consents: left });', 'return replace(turn, { ...offer, consents });'],
    ],
  },
  {
    says: 'a revoked change goes on',
    edits: [[REVOKE, 'set(turn, { change: { ...change, stopped: by } });', '']],
  },
  {
    says: 'anybody revokes',
    edits: [[REVOKE, 'if (!mayReject(by, state.by, house.approval, groups))', 'if (by.id === "nobody")']],
  },
  {
    says: 'no signature is asked for where the node demands one',
    edits: [[AUTHORISE, 'offer.plan.signed === true ? signedBy(by, policy, asked.signature) : null', 'null']],
  },
  {
    says: 'the signature of somebody else counts',
    edits: [
      [AUTHORISE, 'if (samePerson({ id: `signer:${signature.principal}` }, by, policy)) return null;', 'return null;'],
    ],
  },
  {
    says: 'a signature that nobody could verify counts',
    edits: [
      [
        AUTHORISE,
        "if (signature.principal === null) return 'Your signature could not be verified, so it does not count.';",
        'if (signature.principal === null) return null;',
      ],
    ],
  },
  {
    says: 'anybody breaks glass',
    edits: [[AUTHORISE, 'if (!mayBreakGlass(by, policy))', 'if (by.id === "nobody")']],
  },
  {
    says: 'glass is broken without a reason',
    edits: [[AUTHORISE, "if (reason.trim() === '')", "if (reason === '')"]],
  },
  {
    says: 'glass is broken without a signature',
    edits: [
      [AUTHORISE, 'if (unsigned !== null || signature === undefined) return refused(unsigned ?? NO_SIGNATURE);', ''],
      [
        AUTHORISE,
        'planHash: hash, signature: signature.armored };\n  const consents = [...offer.consents.filter',
        "planHash: hash, signature: '' };\n  const consents = [...offer.consents.filter",
      ],
    ],
  },
  {
    says: 'an expired offer is approved by breaking glass',
    edits: [
      [AUTHORISE, "state === 'expired' || at >= offer.plan.expiresAt", "state === 'expired'"],
      ['incident/step.ts', 'if (!changed) expireDue(turn);', ''],
    ],
  },
  {
    says: 'who breaks glass reviews it',
    edits: [[GLASS, 'if (open.some((one) => samePerson(by, one.by, house.approval)))', "if (by.id === 'nobody')"]],
  },
  {
    says: 'the executor does not count people',
    edits: [['shell/not-approved.ts', "return 'Fewer people have approved the plan than it wants.';", 'return null;']],
  },
];
