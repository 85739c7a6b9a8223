import { describe, expect, test } from 'vitest';
import { canonical } from '../../../src/model/json.ts';
import { sha256 } from '../../../src/model/hash.ts';
import { orderOf } from '../../../src/model/index.ts';
import type { ChangeRequest, Effect, Gate, Plan } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { change } from '../../../src/shell/deed/change.ts';
import { changing, START } from '../../incident/tale.ts';
import { bench } from '../workplace.ts';

const NODE = 'ip-10-0-10-207';
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };
const GATE: Gate = { version: '1', approvals: [1, 1, 2], mostRollbackSeconds: 300, signers: 2 };

/** Has the shell carry out a plan; what the node was asked for, and what the shell said. */
async function carriedOut(part: Partial<Plan>, gate: Gate | undefined) {
  const tale = changing();
  const deed = tale.effects.findLast((effect): effect is Extract<Effect, { do: 'change' }> => effect.do === 'change');
  if (deed === undefined) throw new RangeError('nothing to change');
  const plan: Plan = { ...deed.plan, ...part };
  const planHash = sha256(canonical(plan));
  const consents = deed.approval.consents.map((consent) => ({ ...consent, planHash, signature: 'armored' }));
  const approval = { ...deed.approval, planHash, consents };
  const identity = { ...SAME, ...(gate === undefined ? {} : { gate }) };
  const outputs = Object.fromEntries(plan.preconditions.map(({ argv, stdout }) => [argv.join(' '), stdout]));
  const at = bench({ nodes: { [NODE]: { identity, outputs } } });
  at.clock.pass(START - at.clock.now() + 60_000);
  const requests: ChangeRequest[] = [];
  const nodes = {
    open: async (...asked: Parameters<typeof at.ports.nodes.open>) => {
      const reached = await at.ports.nodes.open(...asked);
      if (!reached.reached) return reached;
      const heard = (session: NodeSession): NodeSession => ({
        ...session,
        door: session.door,
        tried: session.tried,
        identity: { ...session.identity, ...identity },
        run: (commands, signal) => session.run(commands, signal),
        ledger: (fix, verb) => session.ledger(fix, verb),
        state: () => session.state(),
        capture: (request) => session.capture(request),
        close: () => session.close(),
        change: (request) => {
          requests.push(request);
          return session.change(request);
        },
      });
      return { reached: true as const, session: heard(reached.session) };
    },
  };
  const happening = await change({ ...at.ports, nodes }, tale.state, { ...deed, plan, approval });
  return { plan, requests, happening };
}

describe('a plan for a node with a gate', () => {
  test('goes to it as its order with every signature', async () => {
    const { plan, requests } = await carriedOut({ signed: true, issuedAt: START }, GATE);
    expect(requests).toMatchObject([{ fix: plan.id, order: orderOf(plan), signatures: ['armored'] }]);
  });

  test('is not begun where the gate is gone', async () => {
    const { requests, happening } = await carriedOut({ signed: true, issuedAt: START }, undefined);
    expect(requests).toEqual([]);
    expect(happening).toMatchObject({
      entry: { state: 'refused', detail: expect.stringContaining('has none now') as string },
    });
  });
});

describe('a plan for a node without a gate', () => {
  test('has no order', async () => {
    const { requests } = await carriedOut({}, undefined);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.order).toBe(undefined);
  });

  test('is not begun where there is one now', async () => {
    const { requests, happening } = await carriedOut({}, GATE);
    expect(requests).toEqual([]);
    expect(happening).toMatchObject({
      entry: { state: 'refused', detail: expect.stringContaining('demands signatures') as string },
    });
  });
});
