import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditRow, Effect, IncidentState } from '../../src/model/index.ts';
import { type Advance, type Journal, JournalError } from '../../src/port.ts';

/** One empty store under test. */
export interface JournalStore {
  /** Opens it. A store that outlives its connection can be opened again, and by several at once. */
  open(): Promise<Journal>;
  remove(): Promise<void>;
}

/** A transition of an incident, with as little in it as the journal looks at. */
export function step(
  incident: string,
  from: number,
  more: Partial<Advance> & { life?: string; at?: number } = {},
): Advance {
  const { life = 'diagnosing', at = 1_000 + from, ...rest } = more;
  return {
    incident,
    from,
    event: { at, seed: 'a'.repeat(32), is: 'woken', name: `event ${from + 1} of ${incident}` },
    state: { id: incident, node: 'ip-10-0-10-207', life } as IncidentState,
    effects: [],
    audit: [],
    ...rest,
  };
}

export const show = (key: string): Effect => ({ key, do: 'show', slot: 'live', revision: 1 });
const wake = (key: string, at: number): Effect => ({ key, do: 'wake', name: key, at });
const row = (incident: string, what: string): AuditRow => ({
  at: 5,
  incident,
  by: 'U1',
  what,
  detail: 'd\u0000\ud800',
});

/** What every journal does. `lasting`: the store outlives its connection. */
export function journalContract(name: string, lasting: boolean, make: () => Promise<JournalStore>): void {
  describe(`${name} as a journal`, () => {
    let store: JournalStore;
    let journal: Journal;
    beforeEach(async () => {
      store = await make();
      journal = await store.open();
    });
    afterEach(async () => {
      await journal.close();
      await store.remove();
    });

    describe('advance', () => {
      test('writes state, event, effects and audit, and gives them back', async () => {
        const first = step('i1', 0, {
          effects: [show('e1')],
          audit: [{ ...row('i1', 'opened'), detail: 'by on-call' }],
        });
        expect(await journal.advance(first)).toBe('written');
        expect(await journal.load('i1')).toEqual({ incident: 'i1', version: 1, state: first.state });
        expect(await journal.events('i1')).toEqual([first.event]);
        expect(await journal.audit('i1')).toEqual(first.audit);
        expect(await journal.lease('w', 2_000, 100, 10)).toEqual([
          { incident: 'i1', effect: show('e1'), fence: 1, attempt: 1 },
        ]);
      });

      test('keeps events in the order in which they were written', async () => {
        const steps = [step('i1', 0, { at: 9 }), step('i1', 1, { at: 5 }), step('i1', 2, { at: 7 })];
        for (const each of steps) expect(await journal.advance(each)).toBe('written');
        expect(await journal.events('i1')).toEqual(steps.map(({ event }) => event));
        expect((await journal.load('i1'))?.version).toBe(3);
      });

      test('an unknown incident has no state, no events, no audit', async () => {
        expect(await journal.load('nobody')).toBeNull();
        expect(await journal.events('nobody')).toEqual([]);
        expect(await journal.audit('nobody')).toEqual([]);
      });

      test('hostile text comes back as it was', async () => {
        const node = `'; drop table incident; -- \u0000 \u202e __proto__ $(id)`;
        const hostile = step('i\'1"', 0, { state: { id: 'x', node, life: 'diagnosing' } as IncidentState });
        await journal.advance(hostile);
        expect((await journal.load('i\'1"'))?.state.node).toBe(node);
      });

      test.each([
        ['a version that is not there yet', 5],
        ['a version that was left behind', 1],
        ['a new incident that exists', 0],
      ])('stale: %s', async (_title, from) => {
        await journal.advance(step('i1', 0));
        await journal.advance(step('i1', 1));
        const late = step('i1', from, { effects: [show('late')], audit: [row('i1', 'late')], inbox: 'click' });
        expect(await journal.advance(late)).toBe('stale');
        expect((await journal.load('i1'))?.version).toBe(2);
        expect(await journal.audit('i1')).toEqual([]);
        expect(await journal.lease('w', 9_000, 100, 10)).toEqual([]);
        expect(await journal.advance(step('i1', 2, { inbox: 'click' })), 'the click is not used up').toBe('written');
      });

      test('stale: an incident that does not exist', async () => {
        expect(await journal.advance(step('i1', 1))).toBe('stale');
        expect(await journal.load('i1')).toBeNull();
      });

      test('of many writers that start from one version, one writes', async () => {
        await journal.advance(step('i1', 0));
        const all = await Promise.all(Array.from({ length: 20 }, () => journal.advance(step('i1', 1))));
        expect(all.filter((each) => each === 'written')).toHaveLength(1);
        expect(all.filter((each) => each === 'stale')).toHaveLength(19);
      });

      test('seen: an outside cause counts once, in whatever incident and however late', async () => {
        expect(await journal.advance(step('i1', 0, { inbox: 'click-1' }))).toBe('written');
        expect(await journal.advance(step('i1', 0, { inbox: 'click-1' }))).toBe('seen');
        expect(await journal.advance(step('i1', 1, { inbox: 'click-1', effects: [show('e')] }))).toBe('seen');
        expect(await journal.advance(step('i2', 0, { inbox: 'click-1' }))).toBe('seen');
        expect(await journal.load('i2')).toBeNull();
        expect(await journal.lease('w', 9_000, 100, 10)).toEqual([]);
        expect(await journal.advance(step('i2', 0, { inbox: 'click-2' }))).toBe('written');
      });

      test('a payload that was received causes one transition', async () => {
        expect(await journal.receive('click-1', '{}', 1)).toBe(true);
        expect(await journal.advance(step('i1', 0, { inbox: 'click-1' }))).toBe('written');
        expect(await journal.advance(step('i1', 1, { inbox: 'click-1' }))).toBe('seen');
      });

      test('ends the effect whose outcome it is, in the same transaction', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        const [taken] = await journal.lease('w', 2_000, 100, 1);
        expect(taken?.fence).toBe(1);
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 1 } }))).toBe('written');
        expect(await journal.lease('w', 99_000, 100, 10)).toEqual([]);
        expect(await journal.advance(step('i1', 2, { ends: { key: 'e1', fence: 1 } })), 'ended twice').toBe('fenced');
        expect((await journal.load('i1'))?.version).toBe(2);
      });

      test('fenced: another worker took the effect over', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        await journal.lease('slow', 2_000, 100, 1);
        expect(await journal.lease('quick', 2_100, 100, 1)).toMatchObject([{ fence: 2, attempt: 2 }]);
        const late = step('i1', 1, { ends: { key: 'e1', fence: 1 }, inbox: 'c', audit: [row('i1', 'late')] });
        expect(await journal.advance(late)).toBe('fenced');
        expect(await journal.audit('i1')).toEqual([]);
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 2 }, inbox: 'c' }))).toBe('written');
      });

      test('fenced: no such effect, never leased, given back, or of another incident', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1'), show('e2')] }));
        await journal.advance(step('i2', 0, { effects: [show('e3')] }));
        expect(await journal.advance(step('i1', 1, { ends: { key: 'nothing', fence: 1 } }))).toBe('fenced');
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 0 } }))).toBe('fenced');
        await journal.lease('w', 2_000, 100, 9);
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e3', fence: 1 } }))).toBe('fenced');
        await journal.release('i1', 'e1', 1, 5_000);
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 1 } }))).toBe('fenced');
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e2', fence: 1 } }))).toBe('written');
      });

      test('a late outcome is fenced rather than stale, a repeated cause is seen rather than fenced', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')], inbox: 'c' }));
        await journal.lease('w', 2_000, 100, 1);
        await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 1 } }));
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 1 } }))).toBe('fenced');
        expect(await journal.advance(step('i1', 1, { ends: { key: 'e1', fence: 1 }, inbox: 'c' }))).toBe('seen');
      });

      test('one effect key twice in an incident is an error that writes nothing', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        const again = step('i1', 1, { effects: [show('e2'), show('e1')], inbox: 'c', audit: [row('i1', 'x')] });
        await expect(journal.advance(again)).rejects.toThrow(JournalError);
        await expect(journal.advance(step('i1', 1, { effects: [show('e5'), show('e5')] }))).rejects.toThrow(/e5 twice/);
        expect((await journal.load('i1'))?.version).toBe(1);
        expect(await journal.audit('i1')).toEqual([]);
        expect(await journal.lease('w', 9_000, 100, 10)).toHaveLength(1);
        expect(await journal.advance(step('i1', 1, { effects: [show('e2')], inbox: 'c' }))).toBe('written');
        expect(await journal.advance(step('i2', 0, { effects: [show('e1')] })), 'another incident').toBe('written');
      });
    });

    describe('open', () => {
      test('gives what is not closed, oldest first', async () => {
        await journal.advance(step('young', 0, { at: 30 }));
        await journal.advance(step('old', 0, { at: 10 }));
        await journal.advance(step('done', 0, { at: 20 }));
        await journal.advance(step('done', 1, { life: 'closed' }));
        expect((await journal.open()).map(({ incident, version }) => [incident, version])).toEqual([
          ['old', 1],
          ['young', 1],
        ]);
        expect((await journal.load('done'))?.state.life).toBe('closed');
      });
    });

    describe('latest', () => {
      test('gives the newest first, closed ones included, at most the limit', async () => {
        await journal.advance(step('b', 0, { at: 30 }));
        await journal.advance(step('old', 0, { at: 10 }));
        await journal.advance(step('a', 0, { at: 30 }));
        await journal.advance(step('done', 0, { at: 20 }));
        const closing = step('done', 1, { at: 99, life: 'closed' });
        await journal.advance(closing);
        const names = async (limit: number) => (await journal.latest(limit)).map(({ incident }) => incident);
        expect(await names(10)).toEqual(['b', 'a', 'done', 'old']);
        expect(await names(3)).toEqual(['b', 'a', 'done']);
        expect((await journal.latest(3))[2]).toEqual({ incident: 'done', version: 2, state: closing.state });
      });

      test('gives nothing of an empty journal, and nothing to whoever wants nothing', async () => {
        expect(await journal.latest(10)).toEqual([]);
        await journal.advance(step('a', 0));
        expect(await journal.latest(0)).toEqual([]);
      });
    });

    describe('lease', () => {
      test('takes the oldest first, at most the limit, and nothing twice', async () => {
        await journal.advance(step('b', 0, { at: 20, effects: [show('b1'), show('b2')] }));
        await journal.advance(step('a', 0, { at: 30, effects: [show('a1')] }));
        await journal.advance(step('c', 0, { at: 10, effects: [show('c1')] }));
        const keys = async (limit: number) =>
          (await journal.lease('w', 50, 100, limit)).map(({ effect }) => effect.key);
        expect(await keys(3)).toEqual(['c1', 'b1', 'b2']);
        expect(await keys(3)).toEqual(['a1']);
        expect(await keys(3)).toEqual([]);
      });

      test('a wake-up waits for its time, everything else is due at once, even if the clock went back', async () => {
        await journal.advance(step('i1', 0, { at: 1_000, effects: [wake('later', 5_000), show('now')] }));
        expect((await journal.lease('w', 10, 50, 9)).map(({ effect }) => effect.key)).toEqual(['now']);
        expect(await journal.end('i1', 'now', 1)).toBe(true);
        expect(await journal.lease('w', 4_999, 50, 9)).toEqual([]);
        expect(await journal.lease('w', 5_000, 50, 9)).toMatchObject([{ effect: wake('later', 5_000), attempt: 1 }]);
      });

      test('is free again when it ran out, under a higher fence', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        await journal.lease('dead', 2_000, 100, 1);
        expect(await journal.lease('w', 2_099, 100, 1)).toEqual([]);
        expect(await journal.lease('w', 2_100, 100, 1)).toEqual([
          { incident: 'i1', effect: show('e1'), fence: 2, attempt: 2 },
        ]);
        expect(await journal.end('i1', 'e1', 1), 'the first holder').toBe(false);
        expect(await journal.end('i1', 'e1', 2)).toBe(true);
        expect(await journal.end('i1', 'e1', 2)).toBe(false);
      });

      test('that ran out and nobody took still counts for its holder', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        await journal.lease('slow', 2_000, 100, 1);
        expect(await journal.renew('i1', 'e1', 1, 9_000)).toBe(true);
        expect(await journal.lease('w', 8_999, 100, 1)).toEqual([]);
        expect(await journal.end('i1', 'e1', 1)).toBe(true);
      });

      test('cannot be renewed after it was lost', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        await journal.lease('slow', 2_000, 100, 1);
        await journal.lease('quick', 2_200, 100, 1);
        expect(await journal.renew('i1', 'e1', 1, 9_000)).toBe(false);
        expect(await journal.lease('w', 2_300, 100, 1), 'the second lease is as long as it was').toHaveLength(1);
      });

      test('is given back to be taken later', async () => {
        await journal.advance(step('i1', 0, { effects: [show('e1')] }));
        await journal.lease('w', 2_000, 100, 1);
        expect(await journal.release('i1', 'e1', 1, 7_000)).toBe(true);
        expect(await journal.release('i1', 'e1', 1, 1), 'it is not held any more').toBe(false);
        expect(await journal.lease('w', 6_999, 100, 1)).toEqual([]);
        expect(await journal.lease('w', 7_000, 100, 1)).toMatchObject([{ fence: 2, attempt: 2 }]);
      });

      test('closed incidents still get their last effects', async () => {
        await journal.advance(step('i1', 0, { life: 'closed', effects: [show('bye')] }));
        expect(await journal.open()).toEqual([]);
        expect(await journal.lease('w', 2_000, 100, 9)).toMatchObject([{ effect: { key: 'bye' } }]);
      });

      test('of many workers at once each effect has one', async () => {
        const keys = Array.from({ length: 30 }, (_, at) => `e${at}`);
        await journal.advance(step('i1', 0, { effects: keys.map(show) }));
        const taken = await Promise.all(Array.from({ length: 12 }, (_, at) => journal.lease(`w${at}`, 2_000, 100, 5)));
        expect(
          taken
            .flat()
            .map(({ effect }) => effect.key)
            .toSorted(),
        ).toEqual(keys.toSorted());
      });
    });

    describe('nextDue', () => {
      test('is the next wake-up, or the end of the next lease', async () => {
        expect(await journal.nextDue(0)).toBeNull();
        await journal.advance(step('i1', 0, { effects: [wake('w1', 5_000), wake('w2', 4_000), show('e1')] }));
        expect(await journal.nextDue(2_000)).toBe(4_000);
        await journal.lease('w', 2_000, 100, 9);
        expect(await journal.nextDue(2_000)).toBe(2_100);
        await journal.end('i1', 'e1', 1);
        expect(await journal.nextDue(4_000)).toBe(5_000);
        expect(await journal.nextDue(5_000), 'what is due now is not waited for').toBeNull();
      });
    });

    describe('inbox', () => {
      test('keeps a payload until it is handled', async () => {
        expect(await journal.receive('b', '{"b":1}', 20)).toBe(true);
        expect(await journal.receive('a', '\u0000"', 10)).toBe(true);
        expect(await journal.receive('a', 'something else', 30)).toBe(false);
        expect(await journal.unhandled()).toEqual([
          { key: 'a', payload: '\u0000"', at: 10 },
          { key: 'b', payload: '{"b":1}', at: 20 },
        ]);
        await journal.handled('a');
        await journal.handled('nobody');
        expect((await journal.unhandled()).map(({ key }) => key)).toEqual(['b']);
        expect(await journal.receive('a', 'again', 40), 'handled is not forgotten').toBe(false);
      });

      test('a cause that came without a payload leaves nothing to handle', async () => {
        await journal.advance(step('i1', 0, { inbox: 'cli-1' }));
        expect(await journal.unhandled()).toEqual([]);
        expect(await journal.receive('cli-1', '{}', 1)).toBe(false);
      });

      test('a payload whose transition was written stays until it is handled', async () => {
        await journal.receive('click', '{}', 1);
        await journal.advance(step('i1', 0, { inbox: 'click' }));
        expect(await journal.unhandled()).toHaveLength(1);
      });
    });

    describe('bytes', () => {
      test('are kept under their SHA-256, once', async () => {
        const bytes = Uint8Array.of(0, 255, 10, 13);
        const digest = await journal.keep('output', bytes);
        expect(digest).toBe('f474676c75e488e84e18f37502e7fc3e7b8850471fae5251290ff6cc4c8843bc');
        expect(await journal.keep('capture', bytes)).toBe(digest);
        expect([...((await journal.bytes(digest)) ?? [])]).toEqual([0, 255, 10, 13]);
      });

      test('of an empty output are an empty array, of an unknown digest nothing', async () => {
        const empty = await journal.keep('output', new Uint8Array());
        expect(empty).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
        expect((await journal.bytes(empty))?.length).toBe(0);
        expect(await journal.bytes('f'.repeat(64))).toBeNull();
      });

      test('do not change with the array that was given', async () => {
        const bytes = Uint8Array.of(1, 2);
        const digest = await journal.keep('output', bytes);
        bytes[0] = 9;
        expect([...((await journal.bytes(digest)) ?? [])]).toEqual([1, 2]);
      });
    });

    test('audit rows of one incident come back in order', async () => {
      await journal.advance(step('i1', 0, { audit: [row('i1', 'one'), row('i2', 'other'), row('i1', 'two')] }));
      expect((await journal.audit('i1')).map(({ what }) => what)).toEqual(['one', 'two']);
    });

    test('a closed journal answers with a JournalError', async () => {
      await journal.close();
      await expect(journal.load('i1')).rejects.toThrow(JournalError);
    });

    test.runIf(lasting)('a restart finds everything: state, leases, inbox, bytes', async () => {
      await journal.advance(step('i1', 0, { effects: [show('e1'), show('e2')], audit: [row('i1', 'x')] }));
      await journal.lease('before', 2_000, 100, 1);
      await journal.receive('click', '{}', 1);
      const digest = await journal.keep('capture', Uint8Array.of(7));
      await journal.close();
      journal = await store.open();
      expect((await journal.open()).map(({ incident }) => incident)).toEqual(['i1']);
      expect((await journal.lease('after', 2_050, 100, 9)).map(({ effect }) => effect.key)).toEqual(['e2']);
      expect(await journal.lease('after', 2_100, 100, 9)).toMatchObject([{ effect: { key: 'e1' }, fence: 2 }]);
      expect(await journal.unhandled()).toHaveLength(1);
      expect([...((await journal.bytes(digest)) ?? [])]).toEqual([7]);
      expect(await journal.audit('i1')).toHaveLength(1);
    });

    test.runIf(lasting)('two connections at once: no effect taken twice, no version written twice', async () => {
      const other = await store.open();
      try {
        const keys = Array.from({ length: 40 }, (_, at) => `e${at}`);
        await journal.advance(step('i1', 0, { effects: keys.map(show) }));
        const both = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? journal : other));
        const taken = await Promise.all(both.map((each, at) => each.lease(`w${at}`, 2_000, 100, 7)));
        expect(
          taken
            .flat()
            .map(({ effect }) => effect.key)
            .toSorted(),
        ).toEqual(keys.toSorted());
        const written = await Promise.all(both.map((each) => each.advance(step('i1', 1))));
        expect(written.filter((each) => each === 'written')).toHaveLength(1);
      } finally {
        await other.close();
      }
    });
  });
}
