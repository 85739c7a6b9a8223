import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaptureFilter, CaptureLimits, ChangeRequest } from '../../src/model/index.ts';
import type { Command, NodeSession, NodeShell, NodeTarget } from '../../src/port.ts';

/** One node under test and what is known of it. Changes are made afresh for each test: a fix id is used once. */
export interface ShellUnderTest {
  readonly shell: NodeShell;
  readonly target: NodeTarget;
  /** A node none of whose doors opens; it has at least one. */
  readonly unreachable: NodeTarget;
  /** A command and exactly what it prints. */
  readonly says: { readonly command: Command; readonly stdout: string };
  /** A command and the status that it fails with. */
  readonly fails: { readonly command: Command; readonly exit: number };
  /** A command that the node does not have. */
  readonly missing: Command;
  /** A device that can be captured, the key under which it was, and one that the node does not have. */
  readonly device: string;
  readonly key: string;
  readonly noDevice: string;
  /** A change that goes through, one whose precondition differs, one with a failing step; each is undone exactly. */
  readonly change: () => ChangeRequest;
  readonly differs: () => ChangeRequest;
  readonly breaks: () => ChangeRequest;
  /** A change with a command that works only because of what it reads, and a command that says nothing unless it worked. */
  readonly feeds: () => ChangeRequest;
  readonly fed: Command;
  close(): Promise<void>;
}

const limits: CaptureLimits = { seconds: 10, packets: 100, bytes: 100_000, snap: 96 };
const filter: CaptureFilter = { all: [{ proto: 'icmp' }], none: [] };

/** What every NodeShell does. `title` names the adapter, and says why it is skipped where it is. */
export function nodeShellContract(title: string, skip: boolean, make: () => Promise<ShellUnderTest>): void {
  describe.skipIf(skip)(`${title} as a node shell`, { timeout: 60_000 }, () => {
    let under: ShellUnderTest;
    beforeAll(async () => {
      under = await make();
    }, 60_000);
    afterAll(() => under?.close());

    async function inside<T>(use: (session: NodeSession) => Promise<T>): Promise<T> {
      const reached = await under.shell.open(under.target);
      if (!reached.reached) throw new Error(reached.sentence);
      try {
        return await use(reached.session);
      } finally {
        await reached.session.close();
      }
    }
    const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

    test('opens a node through one of its addresses and knows who it is', () =>
      inside(async ({ door, identity, tried }) => {
        expect(under.target.addresses.map(({ address }) => address)).toContain(door.address);
        expect(identity.name).toBe(under.target.name);
        expect(tried).toEqual([]);
      }));

    test('says in one sentence why a node is not reached, with every door and its reason', async () => {
      const reached = await under.shell.open(under.unreachable);
      expect(reached).toMatchObject({
        reached: false,
        sentence: expect.stringContaining(under.unreachable.name) as string,
      });
      const { tried, sentence } = reached as Extract<typeof reached, { reached: false }>;
      expect(sentence.endsWith('.')).toBe(true);
      expect(tried.map(({ door }) => door.address)).toEqual(under.unreachable.addresses.map(({ address }) => address));
      expect(tried.every(({ because }) => because !== '' && sentence.includes(because))).toBe(true);
    });

    test('uses no other address than `only`', async () => {
      const [first] = under.target.addresses;
      const allowed = await under.shell.open({ ...under.target, only: [first?.address ?? ''] });
      expect(allowed).toMatchObject({ reached: true, session: { door: { address: first?.address } } });
      if (allowed.reached) await allowed.session.close();
      expect(await under.shell.open({ ...under.target, only: ['192.0.2.7'] })).toMatchObject({ reached: false });
    });

    test('gives outputs in the order of the commands, whatever became of the others', () =>
      inside(async (session) => {
        const { says, fails, missing } = under;
        const outputs = await session.run([fails.command, says.command, missing, says.command]);
        expect(outputs).toHaveLength(4);
        expect(outputs[0]).toMatchObject({ exit: fails.exit });
        expect(outputs[0]?.gap).toBe(undefined);
        for (const one of [outputs[1], outputs[3]]) {
          expect(one).toMatchObject({ exit: 0, timedOut: false, truncated: false });
          expect(text(one?.stdout)).toBe(says.stdout);
        }
        expect(outputs[2]?.gap ?? outputs[2]?.exit).toBe(outputs[2]?.gap === undefined ? 127 : 'not-installed');
        expect(await session.run([])).toEqual([]);
      }));

    test('has a gap for every command after an abort, and after the session was closed', () =>
      inside(async (session) => {
        const { command } = under.says;
        const stopped = await session.run([command, command], AbortSignal.abort());
        expect(stopped.map(({ gap, exit }) => [gap, exit])).toEqual([
          ['timed-out', null],
          ['timed-out', null],
        ]);
        await session.close();
        expect(await session.run([command])).toMatchObject([{ gap: 'unreachable', exit: null }]);
        await session.close();
      }));

    test('captures into a pcap file, and has a gap where there is no device', () =>
      inside(async (session) => {
        const running = await session.capture({ device: under.device, filter, limits, key: under.key });
        const { pcap, gap } = await running.stop();
        expect(gap).toBe(undefined);
        expect([...pcap.subarray(0, 4)]).toEqual([0xd4, 0xc3, 0xb2, 0xa1]);
        const nowhere = await session.capture({ device: under.noDevice, filter, limits, key: 'nowhere' });
        const none = await nowhere.stop();
        expect(none.pcap).toHaveLength(0);
        expect(none.gap).not.toBe(undefined);
        expect(none.detail).not.toBe('');
      }));

    test('knows nothing of a fix that was never begun', () =>
      inside(async (session) => {
        for (const verb of ['status', 'confirm', 'roll-back'] as const) {
          expect(await session.ledger('00000000000000000000000000000000', verb)).toBe(null);
        }
      }));

    test('applies a change once; confirmed, it stays so', () =>
      inside(async (session) => {
        const request = under.change();
        const { fix } = request;
        expect(await session.change(request)).toEqual({ fix, state: 'applied', detail: '', difference: [] });
        expect(await session.change(request)).toMatchObject({ state: 'applied' });
        expect(await session.ledger(fix, 'status')).toMatchObject({ state: 'applied' });
        const confirmed = await session.ledger(fix, 'confirm');
        expect(confirmed).toMatchObject({ fix, state: 'confirmed' });
        for (const verb of ['status', 'confirm', 'roll-back'] as const) {
          expect(await session.ledger(fix, verb)).toEqual(confirmed);
        }
        expect(await session.change(request)).toEqual(confirmed);
      }));

    test('undoes a change when asked to, and the node is as before', () =>
      inside(async (session) => {
        const request = under.change();
        await session.change(request);
        const undone = await session.ledger(request.fix, 'roll-back');
        expect(undone).toMatchObject({ state: 'rolled-back', difference: [] });
        expect(undone?.detail).not.toBe('');
        expect(await session.ledger(request.fix, 'confirm')).toEqual(undone);
        expect(await session.change(request)).toEqual(undone);
      }));

    test('makes one change at a time', () =>
      inside(async (session) => {
        const first = under.change();
        await session.change(first);
        const second = await session.change(under.change());
        expect(second).toMatchObject({ state: 'refused', difference: [] });
        expect(second.detail).toContain(first.fix);
        expect(await session.ledger(first.fix, 'roll-back')).toMatchObject({ state: 'rolled-back' });
      }));

    test('changes nothing when a precondition differs, and names what was said', () =>
      inside(async (session) => {
        const request = under.differs();
        const refused = await session.change(request);
        expect(refused).toMatchObject({ state: 'refused', difference: [] });
        expect(refused.detail).toContain(request.preconditions[0]?.argv.join(' '));
        expect(await session.ledger(request.fix, 'confirm')).toEqual(refused);
      }));

    test('undoes a change with a failing step, and names the step', () =>
      inside(async (session) => {
        const request = under.breaks();
        const entry = await session.change(request);
        expect(['failed', 'rolled-back']).toContain(entry.state);
        expect(entry.detail).toContain(request.apply.at(-1)?.argv.join(' '));
        expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      }));

    test('gives a command of a change what it is to read', () =>
      inside(async (session) => {
        const said = async () => text((await session.run([under.fed]))[0]?.stdout);
        expect(await said()).toBe('');
        const request = under.feeds();
        expect(await session.change(request)).toMatchObject({ state: 'applied' });
        expect(await said()).not.toBe('');
        expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
        expect(await said()).toBe('');
      }));

    test('tells the node state: the same after looking, another one after a change, the first one after its undo', () =>
      inside(async (session) => {
        const state = async () => {
          const reading = await session.state();
          if (!reading.known) throw new Error(reading.detail);
          return reading.value;
        };
        const before = await state();
        expect(before.length).toBeGreaterThan(1);
        expect(before.filter((line) => line.includes('\n'))).toEqual([]);
        await session.run([under.says.command, under.fails.command]);
        expect(await state()).toEqual(before);
        const request = under.change();
        await session.change(request);
        expect(await state()).not.toEqual(before);
        await session.ledger(request.fix, 'roll-back');
        expect(await state()).toEqual(before);
      }));

    test('has a gap for the node state of a closed session', () =>
      inside(async (session) => {
        await session.close();
        expect(await session.state()).toMatchObject({ known: false, gap: 'unreachable' });
      }));

    test('has one end for a change that many ask for at the same time', () =>
      inside(async (session) => {
        const request = under.change();
        const entries = await Promise.all(Array.from({ length: 6 }, () => session.change(request)));
        expect(entries.map(({ state }) => state)).toEqual(entries.map(() => 'applied'));
        expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      }));

    test('says `begun`, not `null`, when the node cannot be asked', () =>
      inside(async (session) => {
        await session.close();
        const request = under.change();
        expect(await session.change(request)).toMatchObject({ state: 'begun' });
        expect(await session.ledger(request.fix, 'status')).toMatchObject({ state: 'begun' });
      }));
  });
}
