import { expect, test } from 'vitest';
import { gateItem } from '../../../src/cli/doctor/node-gate.ts';
import type { Gate, LedgerEntry } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';

const GATE: Gate = { version: '1', approvals: [1, 1, 2], mostRollbackSeconds: 300, signers: 3 };

function session(gate: Gate | undefined, told: LedgerEntry | null): NodeSession {
  const identity = { name: 'a', machineId: null, bootId: 'b', hostKey: null, ...(gate === undefined ? {} : { gate }) };
  const never = () => Promise.reject(new Error('not asked'));
  const door = { address: '10.0.0.1', port: 22, from: 'configured' } as const;
  const ledger = (_: string, verb: string) => (verb === 'roll-back' ? Promise.resolve(told) : never());
  return { door, tried: [], identity, run: never, capture: never, change: never, state: never, ledger, close: never };
}

const refused: LedgerEntry = {
  fix: 'x',
  state: 'begun',
  detail: 'with the key for changes the key was refused.',
  difference: [],
};

test.each<[string, Gate | undefined, LedgerEntry | null, string, RegExp]>([
  ['no gate', undefined, null, 'ok', /^no gate on this node/],
  ['a gate that takes both keys', GATE, null, 'ok', /^gate 1, .* demands 1, 1, 2 signatures .* 3 keys may sign$/],
  ['too few signers', { ...GATE, signers: 1 }, null, 'warning', /1 key may sign, fewer than it demands$/],
  ['no signers to trust', { ...GATE, signers: null }, null, 'fault', /no list of signers to trust/],
  [
    'a key for changes that is refused',
    GATE,
    refused,
    'fault',
    /takes no key for fix: with the key for changes the key was refused$/,
  ],
])('a node with %s', async (_, gate, told, health, seen) => {
  const item = await gateItem(session(gate, told), 'a');
  expect(item).toMatchObject({ id: 'node.gate', of: 'a', health });
  expect(item.seen).toMatch(seen);
  expect(item.mend === null).toBe(health === 'ok');
});
