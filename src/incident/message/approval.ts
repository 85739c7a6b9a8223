import type { ApprovalMessage, Button, IncidentState, Message, Offer, Rich } from '../../model/index.ts';
import { changesCluster } from '../../model/index.ts';
import { doorName } from '../../model/door.ts';
import type { ApprovalPolicy } from '../house.ts';
import { repairedBefore } from '../change/past.ts';
import { approversBut } from '../offer/people.ts';
import { isRevocable } from '../offer/revoke.ts';
import { tokenOf } from '../turn.ts';

/** One card per plan that is or was on offer. Drafts are a button on the card before them. */
export function approvalMessages(
  state: IncidentState,
  policy: ApprovalPolicy,
): readonly (readonly [string, Message])[] {
  const look = state.looks.find(({ role }) => role === 'subject');
  return state.offers.flatMap((offer): (readonly [string, Message])[] => {
    const explained: (readonly [string, Message])[] = state.explained.includes(offer.plan.id)
      ? [[`explained ${offer.plan.id}`, explanation(offer)]]
      : [];
    if (
      offer.state === 'drafted' ||
      offer.state === 'rehearsing' ||
      (offer.state === 'superseded' && offer.consents.length === 0 && !shown(state, offer))
    )
      return explained;
    return [
      [
        `approval ${offer.plan.id}`,
        {
          is: 'approval',
          letter: offer.letter,
          plan: offer.plan,
          planHash: offer.hash,
          cameThrough: look?.door === null || look?.door === undefined ? 'no door' : doorName(look.door),
          requester: state.by,
          approvers: approversBut(state.by, policy),
          buttons: buttons(state, offer, policy),
          ...(offer.decidedBy === null ? {} : { decidedBy: offer.decidedBy }),
          ...(offer.decidedAt === null ? {} : { decidedAt: offer.decidedAt }),
          ...standing(state, offer),
          ...(offer.state !== 'waiting' || offer.held === undefined ? {} : { held: offer.held }),
          ...(offer.consents.length === 0
            ? {}
            : {
                consents: offer.consents.map(({ by, at, signature }) => ({ by, at, signed: signature !== undefined })),
              }),
          ...(offer.plan.signed === true ? { signing: policy.verifies === true ? 'here' : 'node' } : {}),
        },
      ],
      ...explained,
    ];
  });
}

function shown(state: IncidentState, offer: Offer): boolean {
  return state.telling[`approval ${offer.plan.id}`] !== undefined;
}

/** What became of it so far: the decision, and of an approved plan how it went. */
function standing(
  state: IncidentState,
  offer: Offer,
): Pick<ApprovalMessage, 'state' | 'reason' | 'glass' | 'revokedBy' | 'became' | 'decidedBy' | 'decidedAt'> {
  const { revoked } = offer;
  const glass = state.glass?.find(({ plan, at }) => plan === offer.plan.id && at === offer.decidedAt);
  const reason = offer.reason ?? glass?.reason;
  const why = { ...(reason === undefined ? {} : { reason }), ...(glass === undefined ? {} : { glass: true as const }) };
  if (offer.state === 'drafted' || offer.state === 'rehearsing') return { state: 'superseded', ...why };
  if (offer.state === 'superseded' && revoked !== undefined)
    return { state: 'revoked', decidedBy: revoked.by, decidedAt: revoked.at, ...why };
  const became = offer.state === 'approved' ? outcomeOf(state, offer) : null;
  return {
    state: offer.state,
    ...why,
    ...(revoked === undefined ? {} : { revokedBy: revoked.by }),
    ...(became === null ? {} : { became }),
  };
}

/** How the change ended; `null` where it never was begun. */
function outcomeOf(
  { change, past, life }: IncidentState,
  { plan }: Offer,
): NonNullable<ApprovalMessage['became']> | null {
  const own = [...past, ...(change === null ? [] : [change])].findLast((one) => one.plan === plan.id);
  if (own === undefined) return null;
  const ended = own.entry?.state;
  if (ended === 'confirmed' || ended === 'rolled-back' || ended === 'refused') return ended;
  return life === 'closed' ? 'unknown' : 'running';
}

/** The buttons of a card; one that is decided has none, but for the moment in which an approval can still be taken back. */
function buttons(state: IncidentState, offer: Offer, policy: ApprovalPolicy): Button[] {
  const revoke = tokenOf(state, { means: 'revoke', plan: offer.plan.id });
  const revoking: Button[] = revoke === null ? [] : [{ token: revoke, label: 'Revoke' }];
  if (offer.state === 'approved') return isRevocable(state, offer) ? revoking : [];
  if (offer.state !== 'waiting' || state.life !== 'proposing') return [];
  const drafts = repairedBefore(state) ? [] : state.offers.filter(({ state }) => state === 'drafted');
  const alone =
    (policy.breakers ?? []).length === 0 || policy.verifies !== true
      ? null
      : tokenOf(state, { means: 'break-glass', plan: offer.plan.id });
  return [
    {
      token: offer.tokens.approve,
      label: `Approve Fix ${offer.letter}`,
      style: 'primary',
      ...(offer.plan.signed === true ? { asks: 'signature' } : {}),
    },
    { token: offer.tokens.reject, label: 'Reject', style: 'danger', asks: 'reason' },
    ...(offer.consents.length === 0 ? [] : revoking),
    ...drafts.map((draft) => ({ token: draft.tokens.offer, label: `Show Fix ${draft.letter}` })),
    { token: offer.tokens.explain, label: 'What exactly happens?' },
    ...(alone === null ? [] : [{ token: alone, label: 'Break glass', asks: 'break-glass' } as const]),
  ];
}

function explanation(offer: Offer): Message {
  const { plan } = offer;
  return {
    is: 'note',
    text: [
      { strong: `What exactly happens with Fix ${offer.letter}` },
      { text: ', on ' },
      { code: plan.node.name },
      { text: ':' },
    ],
    list: changesCluster(plan) ? byTheApiServer(plan) : byTheNode(plan),
  };
}

function byTheNode(plan: Offer['plan']): Rich[] {
  return [
    [{ text: 'The fix id is recorded, so that it can start only once.' }],
    [{ text: "The node's network state is saved." }],
    [{ text: `A rollback is armed; the node fires it by itself after ${plan.rollbackSeconds} s.` }],
    [{ text: unchanged(plan.preconditions.length) }],
    [{ text: 'The commands run.' }],
    [
      {
        text:
          plan.undoes === undefined
            ? 'Over a new connection I look again and send the same marked packets.'
            : 'Over a new connection I look whether everything is as before the fix.',
      },
    ],
    [{ text: 'Only if all of that is well, the rollback is disarmed.' }],
  ];
}

function byTheApiServer({ steps, undo }: Offer['plan']): Rich[] {
  return [
    [{ text: "The node's network state is saved, to be compared with afterwards." }],
    [
      {
        text: `The ${steps.length === 1 ? 'step goes' : `${steps.length} steps go`} to the API server one after the other; each waits until the one before is done.`,
      },
    ],
    [
      {
        text: 'A patch is refused when the object is another one, or was changed since this plan was made; it writes the fix id into the object, so that it is done once.',
      },
    ],
    [
      {
        text: 'After a pod was deleted I wait until its owner has made another one and that is Ready, at most three minutes.',
      },
    ],
    [{ text: 'Then I look at everything again, the cluster and the node, and send the same marked packets.' }],
    [
      {
        text:
          undo.length === 0
            ? 'There is nothing to take back: the owner makes the deleted pod anew.'
            : 'If anything is not as it should be, I take the steps back in order. The node cannot do that by itself: it needs netdiag and the API server.',
      },
    ],
  ];
}

function unchanged(lookups: number): string {
  if (lookups === 0) return 'Nothing is looked up again before the commands run.';
  const said = lookups === 1 ? 'One lookup must still say what it' : `${lookups} lookups must still say what they`;
  return `${said} said when this plan was made, else nothing happens.`;
}
