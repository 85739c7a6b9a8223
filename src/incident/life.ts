import { createMachine, transition } from 'xstate';
import { flat } from '../playbook/index.ts';

/**
 * The incident's life: flat, invokes nothing, waits for nothing. Deadlines are absolute times in the state; effects are
 * rows. `closed` is the only end.
 */
const machine = createMachine({
  id: 'incident',
  initial: 'opened',
  states: {
    opened: { on: { located: 'diagnosing', close: 'closed' } },
    diagnosing: { on: { propose: 'proposing', close: 'closed' } },
    proposing: { on: { approve: 'changing', close: 'closed' } },
    changing: { on: { applied: 'verifying', refused: 'diagnosing', settle: 'settling', close: 'closed' } },
    verifying: { on: { settle: 'settling' } },
    settling: { on: { close: 'closed' } },
    closed: { type: 'final' },
  },
});

export type LifeEvent = 'located' | 'propose' | 'approve' | 'applied' | 'refused' | 'settle' | 'close';

/** The life that follows. Throws RangeError where the present life does not know the event: a bug, never silence. */
export function lifeAfter(life: string, event: LifeEvent): string {
  const [next] = transition(machine, machine.resolveState({ value: life }), { type: event });
  if (next.value === life) throw new RangeError(`an incident that is ${life} cannot ${event}`);
  return flat(next.value);
}
