import type { Button, IncidentState, Message, Rich, SummaryMessage } from '../../model/index.ts';
import { advise } from '../../remediation/index.ts';
import { keptChanges, lastChange, plansRun } from '../change/past.ts';
import { tokenOf } from '../turn.ts';
import { headline } from './headline.ts';
import { unseenOf } from './unseen.ts';
import { withoutCause } from './without-cause.ts';

/** How it ended, for the people in the thread and for the post-mortem. Absent until the incident is closed. */
export function summaryMessage(now: IncidentState): readonly (readonly [string, Message])[] {
  const { outcome } = now;
  if (outcome === null) return [];
  const change = outcome === 'repaired' ? (keptChanges(now).at(-1) ?? lastChange(now)) : lastChange(now);
  const state = { ...now, change };
  const offer = state.offers.find(({ plan }) => plan.id === state.change?.plan);
  const message: SummaryMessage = {
    is: 'summary',
    outcome,
    headline: headline(now, outcome),
    paragraphs: paragraphs(state, outcome, plansRun(now)),
    timeline: state.timeline,
    durable: outcome === 'repaired' ? (offer?.plan.durable ?? []) : [],
    difference: state.change?.entry?.difference ?? [],
    ruledOut: state.findings.length > 0 ? [] : state.ruledOut,
    unseen: state.findings.length > 0 ? [] : unseenOf(state),
    ...(state.findings.length > 0 || state.path === undefined ? {} : { path: state.path }),
    ...goingOn(state),
  };
  return [['summary', message]];
}

/** Buttons for the lasting forms that nobody has decided about yet, and to look again. */
function goingOn(state: IncidentState): Pick<SummaryMessage, 'buttons'> {
  const { outcome, offers } = state;
  const drafts = outcome === 'repaired' ? offers.filter((offer) => offer.state === 'drafted') : [];
  const again = tokenOf(state, { means: 'reopen' });
  const own = outcome === 'repaired' ? null : tokenOf(state, { means: 'repeat' });
  const buttons: Button[] = [
    ...drafts.map(({ tokens, plan }): Button => ({ token: tokens.offer, label: `Make it last: ${plan.title}` })),
    ...(own === null ? [] : [{ token: own, label: 'Watch while I repeat it' }]),
    ...(again === null ? [] : [{ token: again, label: 'Look again' }]),
  ];
  return buttons.length === 0 ? {} : { buttons };
}

function paragraphs(
  state: IncidentState,
  outcome: NonNullable<IncidentState['outcome']>,
  ran: ReadonlySet<string>,
): Rich[] {
  const list: Rich[] = [];
  const [finding, ...others] = state.findings;
  const known = finding?.confidence === 'possible' ? 'Found: ' : 'Cause: ';
  if (finding !== undefined) list.push([{ strong: known }, { text: finding.statement }]);
  const offer = state.offers.find(({ plan }) => plan.id === state.change?.plan);
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
  // After a change that came to no certain end, the cause is known.
  if (outcome === 'nothing-found' || (outcome === 'unknown' && state.change === null))
    list.push(...withoutCause(state));
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
    if (!change.cluster.compared)
      return "The node's own state could not be compared with the one before: what else differs on it is not known.";
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
