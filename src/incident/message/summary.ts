import type { IncidentState, Message, Rich, SummaryMessage } from '../../model/index.ts';
import { advise } from '../../remediation/index.ts';

/** How it ended, for the people in the thread and for the post-mortem. Absent until the incident is closed. */
export function summaryMessage(state: IncidentState): readonly (readonly [string, Message])[] {
  const { outcome } = state;
  if (outcome === null) return [];
  const offer = state.offers.find(({ plan }) => plan.id === state.change?.plan);
  const message: SummaryMessage = {
    is: 'summary',
    outcome,
    headline: headline(state, outcome),
    paragraphs: paragraphs(state, outcome),
    timeline: state.timeline,
    durable: outcome === 'repaired' ? (offer?.plan.durable ?? []) : [],
    difference: state.change?.entry?.difference ?? [],
    ruledOut: state.findings.length > 0 ? [] : state.ruledOut,
    unseen: state.findings.length > 0 ? [] : state.unseen,
  };
  return [['summary', message]];
}

function headline(state: IncidentState, outcome: NonNullable<IncidentState['outcome']>): Rich {
  const node = { code: state.node };
  switch (outcome) {
    case 'repaired': {
      const since = state.change?.since ?? state.openedAt;
      const last = state.timeline.at(-1)?.at ?? since;
      return [
        { strong: `Repaired in ${Math.max(1, Math.round((last - since) / 1000))} s of machine time` },
        { text: ' · ' },
        node,
      ];
    }
    case 'rolled-back':
      return (state.change?.entry?.difference ?? []).length === 0
        ? [{ strong: 'Not repaired, and nothing is left behind: ' }, node, { text: ' restored itself.' }]
        : [{ strong: 'Not repaired: ' }, node, { text: ' restored itself, but not every line is as it was.' }];
    case 'nothing-found':
      return [{ strong: 'Nothing wrong found in the network of ' }, node];
    case 'advice':
      return [{ strong: 'The cause is known; nothing was changed on ' }, node];
    case 'aborted':
    case 'unknown':
      if (state.change?.entry?.state === 'refused') return [{ strong: 'Not repaired; nothing was changed on ' }, node];
      if (state.change !== null)
        return [{ strong: 'What became of the fix is not known: ' }, node, { text: ' has to be looked at.' }];
      return [{ strong: 'I do not know what is wrong with ' }, node];
  }
}

function paragraphs(state: IncidentState, outcome: NonNullable<IncidentState['outcome']>): Rich[] {
  const list: Rich[] = [];
  const [finding, ...others] = state.findings;
  const known = finding?.confidence === 'possible' ? 'Found: ' : 'Cause: ';
  if (finding !== undefined) list.push([{ strong: known }, { text: finding.statement }]);
  const offer = state.offers.find(({ plan }) => plan.id === state.change?.plan);
  if (offer !== undefined && offer.decidedBy !== null) {
    list.push([
      { strong: `Fix ${offer.letter}: ` },
      { text: offer.plan.title },
      { text: ', approved by ' },
      { person: offer.decidedBy },
    ]);
  }
  for (const { letter, plan, state: became, decidedBy } of state.offers) {
    if (became !== 'rejected' && became !== 'expired') continue;
    const by = decidedBy === null ? [] : [{ text: ' by ' }, { person: decidedBy }];
    list.push([{ strong: `Fix ${letter}: ` }, { text: `${plan.title}, ${became}` }, ...by]);
  }
  if (state.change?.seen !== null && state.change?.seen !== undefined)
    list.push([{ strong: 'Seen afterwards: ' }, { text: state.change.seen }]);
  const change = state.change?.entry;
  if (change?.state === 'rolled-back') {
    list.push([
      {
        text:
          change.difference.length === 0
            ? 'Its addresses, links, rules, routes, settings and firewall equal the ones saved before the change.'
            : `${change.difference.length} lines of its state differ from the ones saved before the change; they are listed below.`,
      },
    ]);
  }
  if (outcome === 'nothing-found' || outcome === 'unknown') list.push([{ text: looked(state) }, ...next(state)]);
  if (outcome === 'repaired' && offer?.plan.id === state.offers[0]?.plan.id) list.push(...left(state));
  for (const found of [finding, ...others].filter((one) => one !== undefined)) {
    const text = advise(found);
    if (text !== null)
      list.push([{ strong: 'Advice: ' }, { text: found.code === finding?.code ? text : `${found.statement} ${text}` }]);
  }
  return list;
}

/** What the fix that ran does not cure, and how to be offered one that does. */
function left({ findings, offers, node }: IncidentState): Rich[] {
  const [leading, ...others] = findings;
  const kept = others.filter(({ statement }) => leading?.residue.some((sentence) => sentence.startsWith(statement)));
  return kept.map(({ statement }) => [
    { strong: 'Still there: ' },
    { text: statement },
    ...(offers.length > 1 ? [{ text: ' To be offered a fix for it: ' }, { code: `/netdiag ${node}` }] : []),
  ]);
}

function looked(state: IncidentState): string {
  const known = Object.values(state.answers).filter(({ reading }) => reading.known);
  const own = known.filter(({ question }) => question.role === 'subject').length;
  const packets =
    state.watched === null
      ? ''
      : ` ${state.watched.sent.answered} of ${state.watched.sent.count} marked packets were answered.`;
  if (own === 0) return `I could not look at ${state.node}.`;
  return `I looked at ${own} things on the node${known.length > own ? ' and on a healthy peer' : ''}.${packets}`;
}

/** What would tell most, when this did not. */
function next(state: IncidentState): Rich {
  const failed = state.looks.find(({ role, failure }) => role === 'subject' && failure !== null);
  if (failed !== undefined)
    return [
      { text: ' The next thing that would tell us most: a way into the node (console, or an address that answers).' },
    ];
  if (state.watched === null && state.watchFailure !== null) {
    return [
      {
        text: ` ${state.watchFailure} The next thing that would tell us most: repeat the failing request while somebody captures on the node.`,
      },
    ];
  }
  if (state.outcome === 'nothing-found')
    return [
      { text: ' The next thing that would tell us most: the exact client, server and port that fail, and since when.' },
    ];
  const [trouble] = state.troubles;
  if (state.unseen.length === 0 && trouble !== undefined)
    return [{ text: ` ${trouble} Ask again once that is mended.` }];
  return [{ text: ' The next thing that would tell us most: the items under "could not see".' }];
}
