import { describe, expect, test } from 'vitest';
import { noLab, skipNote, startLab } from '../lab/index.ts';
import { outlive, STORIES } from './lives.ts';
import { clears, difference, eventually, leftOn, ledgerOf } from './node.ts';
import { essence, readings, repeated, tooOften } from './whole.ts';

describe('netdiag is killed by kill -9, and the story ends the same', { timeout: 90_000 }, () => {
  test.concurrent('between each third effect and the next, one life for each', async () => {
    const { i1 } = STORIES;
    const lived = await outlive({ recording: 'i1' }, i1, () => undefined);
    const died = await outlive({ recording: 'i1' }, i1, () => ({ when: 'after', at: 3 }));
    expect(lived.lives).toBe(1);
    expect(lived.state.outcome).toBe('repaired');
    expect(died.lives).toBeGreaterThan(8);
    expect(essence(died)).toEqual(essence(lived));
    expect(readings(died)).toEqual(expect.arrayContaining(readings(lived)));
    expect(repeated(died)).toEqual({});
  });

  test.concurrent('in the middle of every fourth effect: it is done, and its record is lost', async () => {
    const { i3 } = STORIES;
    const lived = await outlive({ recording: 'i3' }, i3, () => undefined);
    const died = await outlive({ recording: 'i3' }, i3, () => ({ when: 'before', at: 4 }));
    expect(lived.state.outcome).toBe('repaired');
    expect(died.lives).toBeGreaterThan(8);
    expect(essence(died)).toEqual(essence(lived));
    expect(readings(died)).toEqual(expect.arrayContaining(readings(lived)));
    expect(tooOften(died)).toEqual([]);
  });

  test.concurrent.for(['changed', 'verified', 'settled'])(
    'once, after the %s fix and before its record',
    async (at) => {
      const { i1 } = STORIES;
      const died = await outlive({ recording: 'i1' }, i1, (life) => (life === 0 ? { when: 'before', at } : undefined));
      expect(died.lives).toBe(2);
      expect(died.state.outcome).toBe('repaired');
      expect(died.deeds.filter((deed) => 'change' in deed)).toHaveLength(1);
      expect(repeated(died)).toEqual({});
    },
  );

  test
    .skipIf(noLab)
    .concurrent(`capturing, changing, verified, confirmed, on a real node${skipNote}`, async ({ onTestFinished }) => {
      const lab = await startLab('i1', { prefix: 'kill', dialTimeoutMs: 2000 });
      onTestFinished(() => lab.down());
      const node = 'ip-10-0-10-207';
      const [before, clean] = [await lab.nodeState(node), await leftOn(lab, node)];
      const capturing = async (): Promise<boolean> => (await leftOn(lab, node)).includes('tcpdump -p -n');
      const ends = [
        () => eventually(() => 'tcpdump runs', capturing),
        () =>
          eventually(
            () => 'the change is recorded',
            async () => (await ledgerOf(lab, node)).length > 0,
          ),
        { when: 'before', at: 'verified' },
        { when: 'before', at: 'settled' },
      ] as const;
      const died = await outlive({ lab }, STORIES.i1, (life) => ends[life]);
      expect(died.lives).toBe(5);
      expect(died.state.troubles).toEqual([]);
      expect(died.state.outcome).toBe('repaired');
      expect(await ledgerOf(lab, node)).toEqual([{ fix: died.state.change?.plan, state: 'confirmed' }]);
      await clears(lab, node, clean);
      expect(difference(before, await lab.nodeState(node))).toEqual([
        '-10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190',
      ]);
      expect(await lab.observe('healthy')).toMatchObject({ holds: true });
    });
});
