import type { Button, IncidentState, Message, Rich, SummaryMessage } from '../../model/index.ts';
import { advise } from '../../remediation/index.ts';
import { keptChanges, lastChange, mendedCauses, presentOffers } from '../change/past.ts';
import { notUndoable, undoButton, undoneTold } from './undone.ts';
import { tokenOf } from '../turn.ts';
import { causesTold, changesOf, earlierTold, fixesTold, refusalsTold } from './causes.ts';
import { headline } from './headline.ts';
import { unseenOf } from './unseen.ts';
import { withoutCause } from './without-cause.ts';

/** How it ended, for the people in the thread and for the post-mortem. Absent until the incident is closed. */
export function summaryMessage(now: IncidentState): readonly (readonly [string, Message])[] {
  const { outcome } = now;
  if (outcome === null) return [];
  const last = outcome === 'undone' ? null : lastChange(now);
  const change = outcome === 'repaired' ? (keptChanges(now).at(-1) ?? last) : last;
  const state = { ...now, change };
  const kept = outcome === 'repaired' ? keptChanges(now) : state.change === null ? [] : [state.change];
  const difference = kept.flatMap(({ entry }) => entry?.difference ?? []);
  const plans = kept.flatMap(({ plan: id }) => state.offers.find(({ plan }) => plan.id === id)?.plan ?? []);
  const message: SummaryMessage = {
    is: 'summary',
    outcome,
    headline: headline(now, outcome),
    paragraphs: paragraphs(now, state, difference.length),
    timeline: state.timeline,
    durable: outcome === 'repaired' ? [...new Set(plans.flatMap(({ durable }) => durable))] : [],
    difference,
    ruledOut: state.findings.length > 0 ? [] : state.ruledOut,
    unseen: state.findings.length > 0 ? [] : unseenOf(state),
    ...(state.findings.length > 0 || state.path === undefined ? {} : { path: state.path }),
    ...goingOn(state, now),
  };
  return [['summary', message]];
}

/** Buttons for the lasting forms that nobody has decided about yet, to look again, and to have it in writing. */
function goingOn(state: IncidentState, now: IncidentState): Pick<SummaryMessage, 'buttons'> {
  const { outcome, offers } = state;
  const drafts = outcome === 'repaired' ? offers.filter((offer) => offer.state === 'drafted') : [];
  const again = tokenOf(state, { means: 'reopen' });
  const written = tokenOf(state, { means: 'post-mortem' });
  const own = outcome === 'repaired' ? null : tokenOf(state, { means: 'repeat' });
  const buttons: Button[] = [
    ...drafts.map(({ tokens, plan }): Button => ({ token: tokens.offer, label: `Make it last: ${plan.title}` })),
    ...undoButton(now),
    ...(own === null ? [] : [{ token: own, label: 'Watch while I repeat it' }]),
    ...(again === null ? [] : [{ token: again, label: 'Look again' }]),
    ...(written === null ? [] : [{ token: written, label: 'Copy as Markdown' }]),
  ];
  return buttons.length === 0 ? {} : { buttons };
}

/** `now` is the whole incident, `state` the same with the change that is told of; `lines` differ in node state. */
function paragraphs(now: IncidentState, state: IncidentState, lines: number): Rich[] {
  const { outcome, change } = state;
  const list: Rich[] = [
    ...causesTold(now),
    ...fixesTold(now),
    ...earlierTold(now),
    ...undoneTold(now),
    ...refusalsTold(now),
  ];
  if (changesOf(now).length < 2 && change?.seen !== null && change?.seen !== undefined)
    list.push([
      { strong: change.entry?.state === 'rolled-back' ? 'Seen before it was taken back: ' : 'Seen afterwards: ' },
      { text: change.seen },
    ]);
  const compared = comparison(state, lines);
  if (compared !== null) list.push([{ text: compared }]);
  // After a change that came to no certain end, the cause is known.
  if (outcome === 'nothing-found' || (outcome === 'unknown' && change === null)) list.push(...withoutCause(state));
  if (outcome === 'repaired' && change?.plan === presentOffers(state)[0]?.plan.id) list.push(...left(state));
  const mended = outcome === 'repaired' ? mendedCauses(now).map(({ code }) => code) : [];
  for (const [at, found] of state.findings.entries()) {
    const text = mended.includes(found.code) ? null : advise(found);
    if (text !== null) list.push([{ strong: 'Advice: ' }, { text: at === 0 ? text : `${found.statement} ${text}` }]);
  }
  return [...list, ...notUndoable(now)];
}

/** What became of the node state; `null` where it was not compared, or is as a fix should leave it. */
function comparison({ change }: IncidentState, lines: number): string | null {
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
