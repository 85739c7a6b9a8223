import type { IncidentState, Message, Rich, SummaryMessage } from '../../model/index.ts';
import { advise } from '../../remediation/index.ts';
import { lastChange } from '../past.ts';
import { headline } from './headline.ts';

/** How it ended, for the people in the thread and for the post-mortem. Absent until the incident is closed. */
export function summaryMessage(now: IncidentState): readonly (readonly [string, Message])[] {
  const { outcome } = now;
  if (outcome === null) return [];
  const state = { ...now, change: lastChange(now) };
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
    ...(outcome === 'repaired' ? lasting(state) : {}),
  };
  return [['summary', message]];
}

/** Buttons for the lasting forms that nobody has decided about yet. */
function lasting({ offers }: IncidentState): Pick<SummaryMessage, 'buttons'> {
  const drafts = offers.filter(({ state }) => state === 'drafted');
  if (drafts.length === 0) return {};
  return { buttons: drafts.map(({ tokens, plan }) => ({ token: tokens.offer, label: `Make it last: ${plan.title}` })) };
}

function paragraphs(state: IncidentState, outcome: NonNullable<IncidentState['outcome']>): Rich[] {
  const list: Rich[] = [];
  const [finding, ...others] = state.findings;
  const known = finding?.confidence === 'possible' ? 'Found: ' : 'Cause: ';
  if (finding !== undefined) list.push([{ strong: known }, { text: finding.statement }]);
  const offer = state.offers.find(({ plan }) => plan.id === state.change?.plan);
  const ran = new Set([...state.past, ...(state.change === null ? [] : [state.change])].map(({ plan }) => plan));
  for (const offer of state.offers) {
    if (!ran.has(offer.plan.id) || offer.decidedBy === null) continue;
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
  const compared = comparison(state);
  if (compared !== null) list.push([{ text: compared }]);
  if (outcome === 'nothing-found' || outcome === 'unknown') list.push([{ text: looked(state) }, ...next(state)]);
  if (outcome === 'repaired' && offer?.plan.id === state.offers[0]?.plan.id) list.push(...left(state));
  for (const found of [finding, ...others].filter((one) => one !== undefined)) {
    const text = outcome === 'repaired' && found.code === offer?.plan.finding ? null : advise(found);
    if (text !== null)
      list.push([{ strong: 'Advice: ' }, { text: found.code === finding?.code ? text : `${found.statement} ${text}` }]);
  }
  return list;
}

/** What became of the node state; `null` where it was not compared, or is as a fix should leave it. */
function comparison({ change }: IncidentState): string | null {
  const lines = change?.entry?.difference.length ?? 0;
  if (change?.cluster !== null && change?.cluster !== undefined) {
    if (change.cluster.before === null) return null;
    return lines === 0
      ? "The node's own addresses, links, rules, routes, settings and firewall are as before."
      : `${lines} lines of the node's own state are not as before; they are listed below.`;
  }
  if (change?.entry?.state !== 'rolled-back') return null;
  return lines === 0
    ? 'Its addresses, links, rules, routes, settings and firewall equal the ones saved before the change.'
    : `${lines} lines of its state differ from the ones saved before the change; they are listed below.`;
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
