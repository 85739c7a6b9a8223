import { ask, readingsOf } from '../../check/check.ts';
import type { Hop, IncidentState, Question } from '../../model/index.ts';
import { ipRouteGet, iptablesMangle } from '../../probe/index.ts';
import { hopOf } from './hop.ts';
import { stagesOf } from './stages.ts';
import { trafficOf } from './traffic.ts';

/** What the kernels have to be asked about the way of what was provoked, as far as is known by now; call again after each answer. */
export function pathQuestions(state: IncidentState): Question[] {
  const readings = readingsOf(state.answers);
  const traffic = trafficOf(state, readings);
  if (traffic === null) return [];
  const { receiver, own, target, translated } = traffic;
  const pod = receiver === null || own ? [] : [ask(receiver.role, ipRouteGet, { to: target })];
  const marks = translated?.by === 'receiver' ? [ask('subject', iptablesMangle, {})] : [];
  const lookups = stagesOf(traffic, readings).flatMap(({ end, lookup }) =>
    lookup === null ? [] : [ask(end.role, ipRouteGet, lookup)],
  );
  return [...pod, ...marks, ...lookups];
}

/**
 * The way of what was provoked, there and back, as the kernels themselves decide it (`ip route get`), decision by decision; netfilter
 * is not asked by that. A decision that could not be seen is told as such. Empty where nothing was provoked.
 */
export function pathOf(state: IncidentState): Hop[] {
  const readings = readingsOf(state.answers);
  const traffic = trafficOf(state, readings);
  return traffic === null ? [] : stagesOf(traffic, readings).map((stage) => hopOf(stage, traffic, readings));
}
