import { createMachine, transition } from 'xstate';
import { flat } from '../playbook/index.ts';

/**
 * The incident's life: flat, invokes nothing, waits for nothing. Deadlines are absolute times in the state; effects are
 * rows. After `changing`, Kubernetes steps lead back to `opened`: netdiag looks at everything again. `closed` is the only end, which
 * an offer to make the repair last may open again.
 */
const machine = createMachine({
  id: 'incident',
  initial: 'opened',
  states: {
    opened: { on: { located: 'diagnosing', settle: 'settling', close: 'closed' } },
    diagnosing: { on: { propose: 'proposing', again: 'opened', settle: 'settling', close: 'closed' } },
    proposing: { on: { approve: 'changing', close: 'closed' } },
    changing: {
      on: {
        applied: 'verifying',
        again: 'opened',
        refused: 'diagnosing',
        held: 'proposing',
        settle: 'settling',
        close: 'closed',
      },
    },
    verifying: { on: { settle: 'settling' } },
    settling: { on: { again: 'opened', close: 'closed' } },
    closed: { on: { reopen: 'proposing', again: 'opened' } },
  },
});

export type LifeEvent =
  | 'located'
  | 'propose'
  | 'approve'
  | 'applied'
  | 'again'
  | 'refused'
  | 'held'
  | 'settle'
  | 'close'
  | 'reopen';

/** The life that follows. Throws RangeError where the present life does not know the event: a bug, never silence. */
export function lifeAfter(life: string, event: LifeEvent): string {
  const [next] = transition(machine, machine.resolveState({ value: life }), { type: event });
  if (next.value === life) throw new RangeError(`an incident that is ${life} cannot ${event}`);
  return flat(next.value);
}
