import type { World } from '../../../src/adapter/recorded/index.ts';
import type { IncidentState } from '../../../src/model/index.ts';
import type { Violation } from '../../../src/sandbox/workspace/record.ts';
import { sam, thea } from '../../page/person.ts';
import type { Stage } from '../../page/stage.ts';
import { messages, standing, table } from './table.ts';
import type { Table } from './table.ts';

const MAY_APPROVE: ReadonlySet<string> = new Set([sam, thea]);

/** What netdiag promises whatever people do, and does not hold; `atRest`: nothing is under way. */
export async function kept(stage: Stage, atRest: boolean): Promise<string[]> {
  // Before the journal is read: what is changed by then has been approved by then.
  const changed = [...stage.worlds.values()].map(({ state, recording }) => ({ state, recording }));
  const { violations } = (await stage.control('calls')) as unknown as { violations: readonly Violation[] };
  const states = (await stage.netdiag.journal.latest(200)).map(({ state }) => state);
  const on = await table(stage);
  return [
    ...stage.log.filter((line) => line.startsWith('error ')),
    ...violations.map((one) => `${one.severity} ${one.kind}: ${one.where} ${one.detail}`),
    ...states.flatMap(badApprovals),
    ...unapproved(changed, states),
    ...(atRest ? states.flatMap((state) => stuck(state, on)) : []),
    ...(atRest ? dead(states, on) : []),
  ];
}

/** Approvals by somebody who may not, by who started it, or by too few. */
function badApprovals({ offers, by, node, glass = [] }: IncidentState): string[] {
  return offers
    .filter(({ state, plan }) => state === 'approved' && !glass.some((alone) => alone.plan === plan.id))
    .flatMap(({ letter, consents, plan }) => {
      const people = new Set(consents.map((consent) => consent.by.id));
      const bad = [...people].filter((id) => !MAY_APPROVE.has(id) || id === by.id);
      return [
        ...bad.map((id) => `Fix ${letter} of ${node} was approved by ${id}, who may not`),
        ...(people.size < plan.approvals ? [`Fix ${letter} of ${node} has too few approvals`] : []),
      ];
    });
}

/** Nodes and clusters that were changed by something that nobody approved. */
function unapproved(worlds: readonly Pick<World, 'state' | 'recording'>[], states: readonly IncidentState[]): string[] {
  return worlds.flatMap(({ state, recording }) => {
    const made = /^after:([a-z0-9-]+)/.exec(state)?.[1];
    if (made === undefined) return [];
    const approved = states.some(
      ({ cluster, offers }) =>
        cluster === recording.cluster &&
        offers.some((offer) => offer.state === 'approved' && offer.plan.remediation === made),
    );
    return approved ? [] : [`${recording.name} is ${state}, which nobody approved`];
  });
}

/** An incident that is not over, has nothing to do, and offers nobody anything to press but Stop. */
function stuck({ life, node, buttons }: IncidentState, on: Table): string[] {
  if (life === 'closed') return [];
  const waits = standing(on).some(({ token, label }) => Object.hasOwn(buttons, token) && !label.startsWith('Stop'));
  return waits ? [] : [`the incident of ${node} is ${life}, nothing is under way, and there is nothing to press`];
}

/** Buttons that stand and mean nothing to netdiag, and live messages of incidents that are over which still show something under way. */
function dead(states: readonly IncidentState[], on: Table): string[] {
  const known = new Set(states.flatMap(({ buttons }) => Object.keys(buttons)));
  const over = states.every(({ life }) => life === 'closed');
  return [
    ...standing(on)
      .filter(({ token }) => /^[0-9a-f]{16,}/.test(token) && !known.has(token))
      .map(({ label, message }) => `the button ${label} of message ${message.ts} means nothing any more`),
    ...(over
      ? messages(on).flatMap(({ text, blocks = [] }) =>
          blocks.flatMap(({ tasks = [] }) =>
            tasks
              .filter(({ status }) => status === 'in_progress')
              .map(({ title }) => `“${title}” goes on for ever in: ${text}`),
          ),
        )
      : []),
  ];
}
