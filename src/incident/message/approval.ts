import type { Button, IncidentState, Message, Offer, Rich } from '../../model/index.ts';
import { changesCluster } from '../../model/index.ts';
import { doorName } from '../../model/door.ts';
import type { ApprovalPolicy } from '../house.ts';
import { repairedBefore } from '../change/past.ts';

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
          approvers: policy.approvers.filter(({ id }) => id !== state.by.id),
          buttons: offer.state === 'waiting' && state.life === 'proposing' ? buttons(state, offer) : [],
          state: offer.state,
          ...(offer.decidedBy === null ? {} : { decidedBy: offer.decidedBy }),
          ...(offer.decidedAt === null ? {} : { decidedAt: offer.decidedAt }),
          ...(offer.held === undefined || offer.state !== 'waiting' ? {} : { held: offer.held }),
        },
      ],
      ...explained,
    ];
  });
}

function shown(state: IncidentState, offer: Offer): boolean {
  return state.telling[`approval ${offer.plan.id}`] !== undefined;
}

function buttons(state: IncidentState, offer: Offer): Button[] {
  const drafts = repairedBefore(state) ? [] : state.offers.filter(({ state }) => state === 'drafted');
  return [
    { token: offer.tokens.approve, label: `Approve Fix ${offer.letter}`, style: 'primary' },
    { token: offer.tokens.reject, label: 'Reject', style: 'danger', asks: 'reason' },
    ...drafts.map((draft) => ({ token: draft.tokens.offer, label: `Show Fix ${draft.letter}` })),
    { token: offer.tokens.explain, label: 'What exactly happens?' },
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
    [{ text: 'Over a new connection I look again and send the same marked packets.' }],
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
