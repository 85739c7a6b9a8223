import type { Effect, Happening } from '../../model/index.ts';
import { againstBeginning } from '../may-begin.ts';
import type { Ports } from '../ports.ts';

/** Asks whether a plan on offer could begin now, so that nobody approves in vain. */
export async function foresee(ports: Ports, { plan }: Extract<Effect, { do: 'foresee' }>): Promise<Happening> {
  return { is: 'foreseen', plan: plan.id, sentence: await againstBeginning(ports, plan) };
}
