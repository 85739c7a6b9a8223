import type { Bound, FarEnd } from '../../model/index.ts';
import type { PlaybookState } from '../../playbook/index.ts';
import { set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Binds the far end that the playbook names; the first one known where the cluster has none of that kind. */
export function bindFarEnd(turn: Turn, kind: 'api-server' | 'node' | 'outside'): void {
  const { bound, farEnds } = turn.state;
  if (bound === null) return;
  const farEnd: FarEnd | null = farEnds[kind] ?? farEnds['api-server'] ?? farEnds.node ?? null;
  const next: Bound = { ...bound, farEnd };
  set(turn, { bound: next });
}

/** The playbook in use and its present state; `null` until the symptom is known. */
export function present(turn: Turn): { readonly name: string; readonly state: PlaybookState } | null {
  const { playbook } = turn.state;
  if (playbook === null) return null;
  const state = turn.house.playbooks.get(playbook.id)?.playbook.file.states[playbook.state];
  if (state === undefined) throw new RangeError(`playbook ${playbook.id} has no state ${playbook.state}`);
  return { name: playbook.state, state };
}

/** Whether the playbook that an unfinished diagnosis or offer rests on is another one now, or gone. */
export function playbookChanged(turn: Turn): boolean {
  return ['opened', 'diagnosing', 'proposing'].includes(turn.state.life) && playbookDiffers(turn);
}

/** Whether the playbook that the incident followed is another one now, or gone; false before it followed any. */
export function playbookDiffers({ state: { playbook }, house }: Turn): boolean {
  return playbook !== null && house.playbooks.get(playbook.id)?.playbook.digest !== playbook.digest;
}

/** Steps the playbook's own machine. */
export function follow(turn: Turn, event: string): void {
  const { playbook } = turn.state;
  const known = playbook === null ? undefined : turn.house.playbooks.get(playbook.id);
  if (playbook === null || known === undefined) throw new RangeError('no playbook is being followed');
  set(turn, { playbook: { ...playbook, state: known.route.after(playbook.state, event) }, rounds: 0 });
}
