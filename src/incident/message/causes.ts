import type { Change, Finding, IncidentState, Offer, Person, Rich } from '../../model/index.ts';
import { keptChanges, mendedCauses, presentOffers } from '../change/past.ts';

/** What was wrong: every cause that was mended, in the order of the changes, and the leading finding where that is another one. */
export function causesTold(state: IncidentState): Rich[] {
  const [leading] = state.findings;
  const mended = mendedCauses(state);
  const open = leading !== undefined && !mended.some(({ code }) => code === leading.code) && !ended(state);
  const causes: readonly Finding[] = [...mended, ...(open ? [leading] : [])];
  return causes.map(({ statement, confidence }, at) => {
    const known = confidence === 'possible' ? 'Found' : 'Cause';
    return [{ strong: causes.length === 1 ? `${known}: ` : `${known} ${at + 1}: ` }, { text: statement }];
  });
}

/** A repair mends every cause of which it tells; what was found beside them is told as what is still there. */
function ended(state: IncidentState): boolean {
  return state.outcome === 'repaired' && keptChanges(state).length > 0;
}

/** What was done, in order: each change with who approved it, and with what was seen of it where there were several. */
export function fixesTold(state: IncidentState): Rich[] {
  const made = changesOf(state);
  return made.map(({ offer, change }) => [
    { strong: `Fix ${offer.letter}${stage(offer)}: ` },
    { text: `${offer.plan.title}, approved by ` },
    ...approvers(offer),
    ...(made.length < 2 ? [] : [{ text: became(change) }]),
  ]);
}

/** What was done before the incident was looked at again, and is still so. */
export function earlierTold({ earlier, offers }: IncidentState): Rich[] {
  const kept = (earlier?.changes ?? []).filter(({ entry }) => entry?.state === 'confirmed');
  return offersOf(kept, offers).map(({ offer }) => [
    { strong: 'Before I looked again: ' },
    { text: `Fix ${offer.letter}, ${offer.plan.title}, approved by ` },
    ...approvers(offer),
    { text: '; it stays.' },
  ]);
}

/** What was offered and not done. */
export function refusalsTold(state: IncidentState): Rich[] {
  return presentOffers(state).flatMap(({ letter, plan, state: end, decidedBy }): Rich[] => {
    if (end !== 'rejected' && end !== 'expired') return [];
    const by: Rich = decidedBy === null ? [] : [{ text: ' by ' }, { person: decidedBy }];
    return [[{ strong: `Fix ${letter}: ` }, { text: `${plan.title}, ${end}` }, ...by]];
  });
}

/** The changes of the present diagnosis that somebody approved. */
export function changesOf({ past, change, offers }: IncidentState): readonly Made[] {
  return offersOf([...past, ...(change === null ? [] : [change])], offers);
}

interface Made {
  readonly offer: Offer;
  readonly change: Change;
}

function offersOf(changes: readonly Change[], offers: readonly Offer[]): readonly Made[] {
  return changes.flatMap((change) => {
    const offer = offers.find(({ plan }) => plan.id === change.plan);
    return offer === undefined || offer.decidedBy === null ? [] : [{ offer, change }];
  });
}

function stage({ plan: { stage: of } }: Offer): string {
  return of === null ? '' : `, step ${of.at} of ${of.of}`;
}

/** Everybody whose consent it took, in the order of their consents. */
function approvers({ consents, decidedBy }: Offer): Rich {
  const people: readonly Person[] =
    consents.length > 0 ? consents.map(({ by }) => by) : decidedBy === null ? [] : [decidedBy];
  return people.flatMap((person, at): Rich => [
    ...(at === 0 ? [] : [{ text: at + 1 === people.length ? ' and ' : ', ' }]),
    { person },
  ]);
}

function became({ entry, seen }: Change): string {
  const end = entry?.state === 'confirmed' ? '' : entry?.state === 'rolled-back' ? '; taken back' : '; not completed';
  return `${end}${seen === null ? '' : `. ${seen}`}`;
}
