import { describe, expect, test } from 'vitest';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { must } from '../lab/command.ts';
import { clears, difference, eventually, leftOn, ledgerOf } from './node.ts';
import { tell, textOf, waitingOffer } from './tell.ts';

const node = 'ip-10-0-10-207';
const symptom = 'kubelet-unreachable';
const ROLLBACK_SECONDS = 6;
const tooLate = `Nobody confirmed the change within ${ROLLBACK_SECONDS} s, so the node restored itself.`;

/** Drops packets of the node where the fabric forwards them; gives the way to let them pass again. */
async function cutOff(lab: Lab, ways: readonly ('saddr' | 'daddr')[]): Promise<() => Promise<void>> {
  const { mgmt, addresses } = lab.nodes[node] ?? { addresses: [] };
  const set = [...addresses, ...(mgmt === undefined ? [] : [mgmt])].join(', ');
  const rules = `table bridge cut {
  chain cut {
    type filter hook forward priority 10; policy accept;
    ${ways.map((way) => `ip ${way} { ${set} } drop`).join('\n    ')}
  }
}
`;
  await must(lab.enter('fabric', ['nft', '-f', '-']), { input: rules });
  return async () => void (await must(lab.enter('fabric', ['nft', 'delete', 'table', 'bridge', 'cut'])));
}

const says = (lab: Lab, state: string) => async (): Promise<boolean> =>
  (await ledgerOf(lab, node)).some((entry) => entry.state === state);

describe.skipIf(noLab)(`a fix that cannot be confirmed is taken back${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent.for([
    ['both ways', ['saddr', 'daddr']],
    ['one way: it is heard no more', ['saddr']],
  ] as const)('T25: the node is cut off right after the change, %s', async ([, ways], { onTestFinished }) => {
    const lab = await startLab('i1', { prefix: 'cut', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const [before, clean] = [await lab.nodeState(node), await leftOn(lab, node)];
    const told = tell(lab, { node, symptom, approve: 'A', rollbackSeconds: ROLLBACK_SECONDS });
    const { plan } = waitingOffer(await told.offered());
    told.approve();
    await eventually(() => 'the change is applied', says(lab, 'applied'));
    const pass = await cutOff(lab, ways);
    expect(difference(before, await lab.nodeState(node))).toHaveLength(1);

    const applied = Date.now();
    await eventually(() => 'the node has restored itself', says(lab, 'rolled-back'));
    expect((Date.now() - applied) / 1000).toBeLessThan(ROLLBACK_SECONDS + 5);
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
    await pass();

    const { state, messages } = await told.ending();
    expect(state.troubles).toEqual([]);
    expect(textOf(messages['summary'])).toContain(
      'Not repaired, and nothing is left behind: ip-10-0-10-207 restored itself.',
    );
    expect(textOf(messages['summary'])).toContain('equal the ones saved before the change');
    // Whether verification saw anything before the cut is a race; either way the live message says exactly what is known.
    expect(textOf(messages['live'])).toContain(state.change?.seen ?? tooLate);
    expect(textOf(messages['live'])).not.toContain('Not applied');
    expect(state.outcome).toBe('rolled-back');
    expect(state.change?.entry).toMatchObject({ fix: plan.id, state: 'rolled-back', detail: tooLate, difference: [] });
    expect(await ledgerOf(lab, node)).toEqual([{ fix: plan.id, state: 'rolled-back' }]);
    expect(await lab.symptom()).toBe(true);
    await clears(lab, node, clean, ['+sshd: root@notty']);
  });

  test.concurrent('T25: the change shuts the only door and opens none', async ({ onTestFinished }) => {
    const lab = await startLab('i1-one-door', { prefix: 'cut', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const before = await lab.nodeState(node);
    const shut = ['priority', '7', 'to', '10.0.10.0/24', 'prohibit'];
    const told = tell(lab, {
      node,
      symptom,
      approve: 'A',
      rollbackSeconds: ROLLBACK_SECONDS,
      instead: {
        steps: [['ip', '-4', 'rule', 'add', ...shut]],
        undo: [['ip', '-4', 'rule', 'del', ...shut]],
      },
    });
    await told.offered();
    told.approve();
    const { state } = await told.ending();
    expect(state.outcome).toBe('rolled-back');
    expect(state.change?.verified).not.toBe(true);
    expect(state.change?.entry).toMatchObject({ state: 'rolled-back', difference: [] });
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
  });

  test.concurrent('the change goes through and does not help', async ({ onTestFinished }) => {
    const lab = await startLab('i1', { prefix: 'cut', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const [before, clean] = [await lab.nodeState(node), await leftOn(lab, node)];
    const route = ['10.0.10.69/32', 'dev', 'eth1', 'scope', 'link'];
    const told = tell(lab, {
      node,
      symptom,
      approve: 'A',
      instead: {
        steps: [['ip', '-4', 'route', 'add', ...route]],
        undo: [['ip', '-4', 'route', 'del', ...route]],
      },
    });
    await told.offered();
    told.approve();
    const { state } = await told.ending();
    expect(state.outcome).toBe('rolled-back');
    expect(state.change).toMatchObject({
      verified: false,
      entry: { state: 'rolled-back', detail: 'The node restored itself as asked.', difference: [] },
    });
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
    await clears(lab, node, clean);
  });

  test.concurrent('the node is not what it was when the plan was made', async ({ onTestFinished }) => {
    const lab = await startLab('i1', { prefix: 'cut', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const told = tell(lab, { node, symptom, approve: 'every' });
    const first = waitingOffer(await told.offered());
    const another = '10.0.10.0/24 dev eth1 scope link metric 500'.split(' ');
    await must(lab.enter(node, ['ip', 'route', 'add', ...another]));
    const before = await lab.nodeState(node);
    told.approve();

    const second = waitingOffer(await told.offered(), 'C');
    expect(second.plan.id).not.toBe(first.plan.id);
    expect(second.hash).not.toBe(first.hash);
    expect(await ledgerOf(lab, node)).toEqual([{ fix: first.plan.id, state: 'refused' }]);
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
    told.approve();

    const { state } = await told.ending();
    expect(state.outcome).toBe('repaired');
    expect(state.troubles).toHaveLength(1);
    expect(state.troubles[0]).toContain('was not started, and nothing was changed: Precondition 1 no longer holds');
    expect(state.offers.find(({ plan }) => plan.id === first.plan.id)?.state).toBe('superseded');
    expect((await ledgerOf(lab, node)).map(({ state }) => state).toSorted()).toEqual(['confirmed', 'refused']);
    expect(difference(before, await lab.nodeState(node))).toEqual([
      '-10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190',
    ]);
    expect(await lab.observe('healthy')).toMatchObject({ holds: true });
  });
});
