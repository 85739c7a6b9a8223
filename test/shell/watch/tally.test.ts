import { describe, expect, test } from 'vitest';
import { counting } from '../../../src/shell/watch/tally.ts';
import type { FakeNode } from '../../fake/node-shell.ts';
import { bench } from '../workplace.ts';

const NODE = 'kylin-19';
const nstat = '#kernel\nIpInReceives                    7                  0.0\n';

/** Counts at two moments; gives what was read, and which commands ran. */
async function counted(node: FakeNode) {
  const { ports, nodes } = bench({ nodes: { [NODE]: node } });
  const reached = await ports.nodes.open({ name: NODE, addresses: [{ address: '10.0.0.1', from: 'configured' }] });
  if (!reached.reached) throw new Error('the node has no door');
  const read = counting(reached.session, ['eth0'], false, 'watch');
  const [before, after] = [await read('before'), await read('after')];
  const ran = (word: string): number => nodes.asked.filter((line) => line.includes(word)).length;
  return { before, after, ran };
}

describe('counters around marked packets', () => {
  test('a source that answers is asked at each moment', async () => {
    const { before, after, ran } = await counted({
      outputs: { 'watch/before/nstat': nstat, 'watch/after/nstat': nstat },
    });
    expect(ran('nstat')).toBe(2);
    expect(before.counters.keys()).toContain('IpInAddrErrors');
    expect(after.counters.keys()).toContain('IpInAddrErrors');
  });

  test('one that hangs is waited for once, and named each time', async () => {
    const { before, after, ran } = await counted({
      outputs: { 'watch/before/nstat': { gap: 'timed-out', exit: null }, 'watch/after/nstat': nstat },
    });
    expect(ran('nstat')).toBe(1);
    const named = expect.objectContaining({ what: "the kernel's packet counters", gap: 'timed-out' });
    expect(before.uncounted).toContainEqual(named);
    expect(after.uncounted).toContainEqual(named);
    expect(after.counters.size).toBe(0);
  });
});
