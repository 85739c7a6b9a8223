import { createMachine, initialTransition, transition } from 'xstate';
import type { Playbook } from './load.ts';
import { waysOn } from './schema.ts';

/** The playbook's own machine: flat, invokes nothing, stepped by pure transitions. */
export interface Route {
  readonly start: string;
  /** The state after `event` in `state`. Throws RangeError where the state knows no such event: a bug, never silence. */
  after(state: string, event: string): string;
}

/** Compiles a playbook to a flat xstate machine. */
export function compile({ file }: Playbook): Route {
  const machine = createMachine({
    id: file.id,
    initial: file.start,
    states: Object.fromEntries(
      Object.entries(file.states).map(([name, state]) => [
        name,
        'end' in state ? { type: 'final' as const } : { on: Object.fromEntries(waysOn(state)) },
      ]),
    ),
  });
  return {
    start: flat(initialTransition(machine)[0].value),
    after(state, event) {
      const [next] = transition(machine, machine.resolveState({ value: state }), { type: event });
      if (next.value === state && !waysOn(file.states[state] ?? { end: 'unseen' }).some(([name]) => name === event)) {
        throw new RangeError(`playbook ${file.id}: state ${state} has no way on for ${event}`);
      }
      return flat(next.value);
    },
  };
}

/** The name of a state of a flat machine. Throws TypeError on a nested one, which `compile` never makes. */
export function flat(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('the machine is not flat');
  return value;
}
