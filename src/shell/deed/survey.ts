import type { Effect, Happening, IncidentState } from '../../model/index.ts';
import { ask } from '../ask.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';

type Survey = Extract<Effect, { do: 'survey' }>;

/** Asks one node everything at once, through the first door that opens. */
export async function survey(ports: Ports, state: IncidentState, effect: Survey): Promise<Happening> {
  const began = ports.clock.now();
  const target = targetOf(ports, state, effect.role);
  const base = { is: 'surveyed', role: effect.role, node: effect.node } as const;
  const failed = (sentence: string, gap: 'unreachable' | 'denied' = 'unreachable'): Happening => ({
    ...base,
    answers: [],
    door: null,
    closedDoors: [],
    identity: null,
    failure: { gap, sentence },
    ms: ports.clock.now() - began,
  });
  if (target === null) return failed(`No node plays the ${effect.role}.`);
  const reached = await ports.nodes.open(target);
  if (!reached.reached) {
    return {
      ...base,
      answers: [],
      door: null,
      closedDoors: reached.tried,
      identity: null,
      failure: { gap: reached.gap, sentence: reached.sentence },
      ms: ports.clock.now() - began,
    };
  }
  const { session } = reached;
  try {
    const answers = await ask(ports, session, effect.node, effect.questions);
    return {
      ...base,
      answers,
      door: session.door,
      closedDoors: session.tried,
      identity: session.identity,
      ms: ports.clock.now() - began,
    };
  } finally {
    await session.close();
  }
}
