import type { GateDoor } from '../../adapter/ssh/gate-door.ts';

/** A mistake that somebody could make in the gate; the trial has to see it. */
export interface Hole {
  readonly says: string;
  /** Text of the gate, which has to be there, and what stands in its place. */
  readonly from: string;
  readonly to: string;
}

export const HOLES: readonly Hole[] = [
  { says: 'signatures are not verified', from: ' && signed "$d/order" "$d/signatures"', to: '' },
  { says: 'the same person counts twice', from: '*" $who "* | *" $key "*) continue ;;', to: '"") ;;' },
  {
    says: 'a signature for any purpose will do',
    from: '-Y verify -f "$signers" -I "$who" -n netdiag-fix',
    to: '-Y check-novalidate -n file',
  },
  { says: 'orders do not expire, and do for every machine', from: ' && in_force', to: '' },
  { says: 'the key for looking runs what it likes', from: '  is_listed "$listed" || typed "$@"', to: '  :' },
  {
    says: 'the key for looking may bring orders',
    from: '    fix.netdiag.order.2) return 0 ;;',
    to: '    *.netdiag.order.2) return 0 ;;',
  },
];

/** Makes the hole in the gate of this node. Throws where the gate has no such text. */
export async function dig(door: GateDoor, { from, to }: Hole): Promise<void> {
  const path = '/usr/local/sbin/netdiag-gate';
  const gate = await door.inside('cat', path);
  if (!gate.includes(from)) throw new Error(`the gate has no ${JSON.stringify(from)}`);
  await door.write(
    path,
    gate.replace(from, () => to),
  );
}
