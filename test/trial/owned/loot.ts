import { orderOf } from '../../../src/model/index.ts';
import type { NodeIdentity, Plan } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { planFor, requestFor, type GateDoor } from '../../adapter/ssh/gate-door.ts';

/** An order with signatures that people really made under it. */
export interface Signed {
  readonly order: string;
  readonly signatures: string;
}

/** What the attacker finds in the bot's journal: every order and every signature that there ever was. */
export interface Loot {
  readonly node: NodeIdentity;
  /** Carried out and taken back, still in force by their times. */
  readonly done: readonly Signed[];
  readonly expired: Signed;
  /** For a machine that is not this one, and for this one before it restarted. */
  readonly elsewhere: readonly Signed[];
  /** Of risk 3, by one person; once and twice. */
  readonly oneOfTwo: Signed;
  readonly twiceTheSame: Signed;
  /** What people signed for other purposes: another namespace, a change of the cluster, a mail. */
  readonly otherwise: readonly Signed[];
  /** Of somebody who may not sign, under an order that is right. */
  readonly byStranger: Signed;
}

/** Makes it, and has the node carry out what was carried out. */
export async function loot(door: GateDoor, session: NodeSession): Promise<Loot> {
  const node = session.identity;
  const signed = (plan: Plan, by: 'second' | 'third' | 'stranger' = 'second', namespace?: string): Signed => {
    const order = orderOf(plan);
    return { order, signatures: door.sign(by, order, namespace) };
  };
  const done: Signed[] = [];
  for (const by of ['second', 'third'] as const) {
    const plan = planFor(node);
    const one = signed(plan, by);
    const applied = await session.change(requestFor(plan, [one.signatures]));
    const back = await session.ledger(plan.id, 'roll-back');
    if (applied.state !== 'applied' || back?.state !== 'rolled-back')
      throw new Error(
        `the order to be replayed ended ${applied.state}, ${back?.state ?? 'unknown'}: ${applied.detail}`,
      );
    done.push(one);
  }
  const now = Date.now();
  const grave = signed(planFor(node, { risk: 3, approvals: 2 }));
  const cluster = `netdiag order 1\ncluster-plan ${'a'.repeat(64)}\nexpires 2099-01-01T00:00:00.000Z\nend\n`;
  return {
    node,
    done,
    expired: signed(planFor(node, { issuedAt: now - 1_000_000, expiresAt: now - 100_000 })),
    elsewhere: [
      signed(planFor({ ...node, machineId: '0123456789abcdef0123456789abcdef' })),
      signed(planFor({ ...node, bootId: '00000000-0000-4000-8000-000000000000' })),
    ],
    oneOfTwo: grave,
    twiceTheSame: { ...grave, signatures: `${grave.signatures}${door.sign('second', grave.order)}` },
    otherwise: [
      signed(planFor(node), 'second', 'file'),
      signed(planFor(node), 'third', 'git'),
      { order: cluster, signatures: door.sign('second', cluster) },
      { order: 'Dear all,\nend\n', signatures: door.sign('third', 'Dear all,\nend\n') },
    ],
    byStranger: signed(planFor(node), 'stranger'),
  };
}
