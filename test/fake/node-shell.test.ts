import { beforeEach, expect, test } from 'vitest';
import type { ChangeRequest } from '../../src/model/index.ts';
import type { NodeSession, NodeTarget } from '../../src/port.ts';
import { nodeShellContract } from '../contract/node-shell.ts';
import { fakeNodeShell, type FakeNodeShell } from './node-shell.ts';

const target: NodeTarget = { name: 'n1', addresses: [{ address: '10.0.0.1', from: 'configured' }] };
let number = 0;
const plan = (given: Partial<ChangeRequest> = {}): ChangeRequest => ({
  fix: `fix-${number++}`,
  planHash: 'a',
  rollbackSeconds: 60,
  preconditions: [{ argv: ['ip', 'route'], stdout: 'before\n' }],
  apply: [{ argv: ['ip', 'route', 'del', 'x'] }],
  undo: [{ argv: ['ip', 'route', 'add', 'x'] }],
  ...given,
});

nodeShellContract('the fake', false, async () => {
  await Promise.resolve();
  const outputs = {
    'ip route': 'before\n',
    'ip route show y': '',
    'ip link show nope': { exit: 1, stderr: 'no such device\n' },
  };
  const shell = fakeNodeShell(
    { now: () => 0 },
    {
      n1: {
        outputs,
        noDevices: ['nope'],
        failing: { 'ip broken': 'it is broken' },
      },
      gone: { closed: { '10.0.0.9': 'no answer within 5 s' } },
    },
  );
  shell.onChange((node, what, { apply }) => {
    if (apply[0]?.stdin === undefined) return;
    shell.become(node, { outputs: { ...outputs, 'ip route show y': what === 'applied' ? 'y\n' : '' } });
  });
  return {
    shell,
    target,
    unreachable: { name: 'gone', addresses: [{ address: '10.0.0.9', from: 'node-status' }] },
    says: { command: { argv: ['ip', 'route'] }, stdout: 'before\n' },
    fails: { command: { argv: ['ip', 'link', 'show', 'nope'] }, exit: 1 },
    missing: { argv: ['nft'] },
    device: 'eth0',
    key: 'eth0',
    noDevice: 'nope',
    change: () => plan(),
    differs: () => plan({ preconditions: [{ argv: ['ip', 'route'], stdout: 'other\n' }] }),
    breaks: () => plan({ apply: [{ argv: ['ip', 'broken'] }] }),
    feeds: () => plan({ apply: [{ argv: ['ip', '-batch', '-'], stdin: 'route add y\n' }] }),
    fed: { argv: ['ip', 'route', 'show', 'y'] },
    close: () => Promise.resolve(),
  };
});

let now = 0;
let shell: FakeNodeShell;
let session: NodeSession;
async function open(): Promise<NodeSession> {
  const reached = await shell.open(target);
  if (!reached.reached) throw new Error(reached.sentence);
  return reached.session;
}
beforeEach(async () => {
  now = 0;
  shell = fakeNodeShell({ now: () => now }, { n1: { outputs: { 'ip route': 'before\n' } } });
  session = await open();
});

test('a fake node restores itself at the deadline, not before', async () => {
  const request = plan();
  await session.change(request);
  now = 59_999;
  expect(await session.ledger(request.fix, 'status')).toMatchObject({ state: 'applied' });
  now = 60_000;
  expect(await session.ledger(request.fix, 'confirm')).toMatchObject({ state: 'rolled-back' });
});

test('a fake node that is cut after it applied keeps what it did', async () => {
  const request = plan();
  shell.cutAfterApply('n1');
  expect(await session.change(request)).toMatchObject({ state: 'begun' });
  session = await open();
  expect(await session.ledger(request.fix, 'status')).toMatchObject({ state: 'applied' });
  expect(await session.change(request)).toMatchObject({ state: 'applied' });
  expect(shell.asked.filter((line) => line.startsWith('apply'))).toEqual([`apply n1 ${request.fix}`]);
});

test('a fake node that restarts has a new boot id and lost the change', async () => {
  const request = plan();
  await session.change(request);
  const { bootId } = session.identity;
  shell.restart('n1');
  expect(await session.ledger(request.fix, 'status')).toMatchObject({ state: 'begun' });
  session = await open();
  expect(session.identity.bootId).not.toBe(bootId);
  expect(await session.ledger(request.fix, 'status')).toMatchObject({ state: 'rolled-back' });
});

test('a test can change what a fake node says when it is changed', async () => {
  shell.onChange((node, what) =>
    shell.become(node, { outputs: { 'ip route': what === 'applied' ? 'after\n' : 'before\n' } }),
  );
  const said = async () => new TextDecoder().decode((await session.run([{ argv: ['ip', 'route'] }]))[0]?.stdout);
  const request = plan();
  await session.change(request);
  expect(await said()).toBe('after\n');
  await session.ledger(request.fix, 'roll-back');
  expect(await said()).toBe('before\n');
});
