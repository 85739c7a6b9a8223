import type { IncidentState } from '../../src/model/index.ts';
import type { Outlived } from './lives.ts';

/** What must be the same however often netdiag died: everything but times, random ids, and how often a message changed. */
export function essence({ state, events, deeds }: Outlived): Readonly<Record<string, unknown>> {
  return {
    outcome: state.outcome,
    troubles: state.troubles,
    questions: state.questions.map(({ question }) => question),
    answers: state.userAnswers.map(({ question, choice, by }) => [question, choice, by.id]),
    findings: state.findings.map(({ code, confidence, evidence }) => [code, confidence, evidence.length]),
    // Without their reasons, in which a real node's counts stand.
    ruledOut: state.ruledOut.map((said) => said.replace(/ \(.*$/, '')),
    unseen: state.unseen,
    offers: state.offers.map(({ letter, plan, state, decidedBy }) => [letter, plan.remediation, state, decidedBy?.id]),
    change: changeOf(state),
    events: events
      .map(({ is }) => is)
      .filter((is) => is !== 'shown')
      .toSorted(),
    begun: deeds.filter((deed) => 'change' in deed).length,
    messages: Object.keys(state.telling).map((slot) => slot.replace(/ [0-9a-f]{32}$/, '')),
  };
}

/** What was asked of the nodes, and whether they answered. */
export function readings({ state }: Outlived): string[] {
  return Object.entries(state.answers).map(
    ([question, { reading }]) => `${question} ${reading.known ? 'known' : reading.gap}`,
  );
}

function changeOf({ change }: IncidentState): unknown {
  const { entry, verified, seen } = change ?? {};
  return { state: entry?.state, difference: entry?.difference, verified, seen };
}

/** How often each message was posted anew, each whisper said and each file sent: 1 everywhere but where a record was lost. */
export function repeated({ seen }: Outlived): Readonly<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const one of seen) {
    const what = 'slot' in one ? (one.previous === null ? one.slot : null) : 'file' in one ? one.file : null;
    const said = 'whisper' in one ? 'whisper' : what;
    if (said !== null) times[said] = (times[said] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(times).filter(([, count]) => count > 1));
}

/** What was said more than once without a death before its record to excuse it. */
export function tooOften(story: Outlived): readonly string[] {
  const deaths = story.seen.flatMap((one) => ('died' in one && one.when === 'before' ? [one.died] : []));
  return Object.entries(repeated(story)).flatMap(([what, times]) => {
    const lost = deaths.filter((died) => died.replace(/^(shown|ended) /, '') === recordOf(what)).length;
    return times > 1 + lost ? [`${what}: ${times} times, ${lost} records lost`] : [];
  });
}

/** Which effect says this. */
export function recordOf(what: string): string {
  if (/\.(?:json|md)$/.test(what)) return 'export';
  return /\.(?:pcap|png|txt)$/.test(what) ? 'attach' : what;
}
