import { describe, expect, test } from 'vitest';
import type { Happening } from '../../src/model/index.ts';
import type { Journal } from '../../src/port.ts';
import { take } from '../../src/shell/advance.ts';
import { bundle, bundleName } from '../../src/shell/bundle.ts';
import { ON_CALL } from '../fake/house.ts';
import { mended } from '../incident/cluster-tale.ts';
import { proposing } from '../incident/tale.ts';
import { bench } from './workplace.ts';

const OPENED: Happening = {
  is: 'opened',
  incident: 'i1',
  node: 'ip-10-0-10-207',
  cluster: 'prod-east',
  by: ON_CALL,
  place: { team: 'T1', channel: 'C1', thread: null },
};
const WOKEN: Happening = { is: 'woken', name: 'x' };

describe('taking a happening in', () => {
  test('writes state, event and effects in one go', async () => {
    const { ports, journal } = bench();
    expect(await take(ports, 'i1', OPENED)).toMatchObject({ is: 'written', state: { id: 'i1', life: 'opened' } });
    expect(await journal.events('i1')).toMatchObject([{ is: 'opened', at: ports.clock.now() }]);
    expect((await journal.lease('w', ports.clock.now(), 1000, 10)).map(({ effect }) => effect.do)).toEqual(
      expect.arrayContaining(['locate', 'show']),
    );
  });

  test('tells whoever listens, once it is written', async () => {
    const told: string[] = [];
    const { ports } = bench({ written: ({ life }) => told.push(life) });
    await take(ports, 'i1', OPENED);
    await take(ports, 'i1', OPENED, { inbox: 'k' });
    await take(ports, 'i1', WOKEN, { inbox: 'k' });
    expect(told).toEqual(['opened', 'opened']);
  });

  test('of an incident that does not exist is absent, and nothing is written', async () => {
    const { ports, journal } = bench();
    expect(await take(ports, 'i1', WOKEN)).toEqual({ is: 'absent' });
    expect(await journal.load('i1')).toBeNull();
  });

  test('of a cause that was seen before is seen, and nothing is written', async () => {
    const { ports, journal } = bench();
    await take(ports, 'i1', OPENED, { inbox: 'k' });
    expect(await take(ports, 'i1', WOKEN, { inbox: 'k' })).toEqual({ is: 'seen' });
    expect(await journal.events('i1')).toHaveLength(1);
  });

  test('under a lost lease is fenced, and nothing is written', async () => {
    const { ports, journal } = bench();
    await take(ports, 'i1', OPENED);
    const [leased] = await journal.lease('one', 0, 1, 1);
    const [again] = await journal.lease('other', 10, 1000, 1);
    if (leased === undefined || again === undefined) throw new Error('nothing to lease');
    expect(await take(ports, 'i1', WOKEN, { ends: leased })).toEqual({ is: 'fenced' });
    expect(await take(ports, 'i1', WOKEN, { ends: again })).toMatchObject({ is: 'written' });
  });

  test('beside another writer is taken in on the newer state', async () => {
    const { ports, journal } = bench();
    await take(ports, 'i1', OPENED);
    await Promise.all(Array.from({ length: 8 }, () => take(ports, 'i1', WOKEN)));
    const events = await journal.events('i1');
    expect(events).toHaveLength(9);
    expect(new Set(events.map(({ seed }) => seed)).size).toBe(9);
    expect((await journal.load('i1'))?.version).toBe(9);
  });

  test('beside a writer that never stops says so instead of going on for ever', async () => {
    const { ports, journal } = bench();
    await take(ports, 'i1', OPENED);
    const busy: Journal = { ...journal, advance: () => Promise.resolve('stale') };
    await expect(take({ ...ports, journal: busy }, 'i1', WOKEN)).rejects.toThrow('written by too many at once');
  });
});

describe('a bundle', () => {
  const opened = async (bytes: Uint8Array) => {
    const { journal } = bench();
    const output = await journal.keep('output', bytes);
    const { state } = proposing();
    const [key = '', answer] = Object.entries(state.answers)[0] ?? [];
    if (answer === undefined) throw new Error('nothing was answered');
    const written = await bundle(journal, { ...state, answers: { [key]: { ...answer, output } } });
    return {
      output,
      read: JSON.parse(new TextDecoder().decode(written)) as { bytes: Record<string, unknown>; state: unknown },
    };
  };

  test('holds the state and every output that was kept, as text where it is text', async () => {
    const { output, read } = await opened(Buffer.from('10.0.10.0/24 dev eth1\n'));
    expect(read.bytes).toEqual({ [output]: { text: '10.0.10.0/24 dev eth1\n' } });
    expect(read.state).toMatchObject({ id: 'incident-1', life: 'proposing' });
  });

  test('holds bytes that are no text as they are', async () => {
    const { output, read } = await opened(new Uint8Array([0xff, 0xfe, 0]));
    expect(read.bytes).toEqual({ [output]: { base64: '//4A' } });
  });

  test("holds the node's state from before each change of the cluster", async () => {
    const { journal } = bench();
    const before = await journal.keep('output', Buffer.from('part routes\n'));
    const { state } = mended();
    const [change] = [state.change].filter((one) => one !== null);
    if (change === undefined || change.cluster === null) throw new Error('nothing was changed');
    const kept = { ...change, cluster: { ...change.cluster, before } };
    for (const where of [{ change: kept }, { change: null, past: [kept] }]) {
      const read = JSON.parse(new TextDecoder().decode(await bundle(journal, { ...state, ...where }))) as {
        bytes: Record<string, unknown>;
      };
      expect(read.bytes[before]).toEqual({ text: 'part routes\n' });
    }
  });

  test('leaves out what the journal does not have', async () => {
    const { journal } = bench();
    const read = JSON.parse(new TextDecoder().decode(await bundle(journal, proposing().state))) as { bytes: object };
    expect(read.bytes).toEqual({});
  });

  test('says nothing by which a button could be pressed', async () => {
    const { journal } = bench();
    const { state } = proposing();
    const text = new TextDecoder().decode(await bundle(journal, state));
    const tokens = Object.keys(state.buttons);
    expect(tokens.length).toBeGreaterThan(4);
    expect(tokens.filter((token) => text.includes(token))).toEqual([]);
  });

  test('is called after its node and incident', () => {
    expect(bundleName(proposing().state)).toBe('netdiag-ip-10-0-10-207-incident.json');
  });
});
