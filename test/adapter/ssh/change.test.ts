import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChangeRequest, LedgerEntry, NodeRun } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { noLab, skipNote } from '../../lab/index.ts';
import { startLabDoor, type LabDoor } from './lab-door.ts';
import { until } from './real-clock.ts';

const add = ['ip', 'route', 'add', '10.5.0.0/24', 'via', '10.99.0.1', 'dev', 'eth0'];
const del = ['ip', 'route', 'del', '10.5.0.0/24'];
const shown = '10.5.0.0/24 via 10.99.0.1 dev eth0 \n';
const show = ['ip', 'route', 'show', '10.5.0.0/24'];

type Runs = readonly (NodeRun | readonly string[])[];

/** A change; a bare argv reads nothing. */
function plan({
  apply = [add],
  undo = [del],
  ...given
}: Partial<Omit<ChangeRequest, 'apply' | 'undo'>> & {
  readonly apply?: Runs;
  readonly undo?: Runs;
} = {}): ChangeRequest {
  const runs = (list: Runs) => list.map((run): NodeRun => ('argv' in run ? run : { argv: run }));
  return {
    fix: randomBytes(8).toString('hex'),
    planHash: 'a'.repeat(64),
    rollbackSeconds: 30,
    preconditions: [{ argv: show, stdout: '' }],
    apply: runs(apply),
    undo: runs(undo),
    ...given,
  };
}

for (const user of ['root', 'ops'] as const) {
  describe.skipIf(noLab)(`a change as ${user}${skipNote}`, { timeout: 60_000 }, () => {
    let lab: LabDoor;
    let session: NodeSession;
    let clean: readonly string[];
    const state = async () => {
      const reading = await session.state();
      return reading.known ? reading.value : [reading.detail];
    };
    const inside = async (...argv: string[]) => (await lab.node.exec('node', argv)).stdout;
    const route = () => inside(...show);
    /** Command lines of our own processes that are still there. */
    const left = async () =>
      (await inside('ps', 'axww', '-o', 'args=')).split('\n').filter((line) => line.startsWith('sh ./fix'));
    const settled = async (fix: string): Promise<LedgerEntry | null> => {
      const ended = new Set(['refused', 'confirmed', 'rolled-back']);
      let entry: LedgerEntry | null = null;
      await until(`${fix} is settled`, async () => {
        entry = await session.ledger(fix, 'status');
        return ended.has(entry?.state ?? '');
      });
      return entry;
    };
    /** Cuts the connection and comes back over a new one. */
    const reconnect = async () => {
      const old = session;
      lab.cut();
      await until('the loss is known', async () => (await old.run([{ argv: ['true'] }]))[0]?.gap === 'unreachable');
      session = await lab.session();
    };
    const isClean = async () => {
      await until('nothing of ours runs', async () => (await left()).length === 0);
      expect(await state()).toEqual(clean);
    };

    beforeAll(async () => {
      lab = await startLabDoor(user);
      session = await lab.session();
      // A link that has just come up takes a moment until its addresses and its carrier are settled.
      await until('the node is settled', async () => {
        const before = await state();
        await new Promise((resolve) => setTimeout(resolve, 300));
        clean = await state();
        return before.join() === clean.join() && !/NO-CARRIER/.test(clean.join());
      });
    }, 30_000);
    afterAll(() => lab?.stop());

    test('T26: is applied once its precondition held, and stays when confirmed', async () => {
      const { fix, ...rest } = plan();
      expect(await session.change({ fix, ...rest })).toEqual({ fix, state: 'applied', detail: '', difference: [] });
      expect(await route()).toBe(shown);
      const confirmed = await session.ledger(fix, 'confirm');
      expect(confirmed).toEqual({ fix, state: 'confirmed', detail: '', difference: [`+${shown.trim()}`] });
      await until('nothing of ours runs', async () => (await left()).length === 0);
      expect(await session.ledger(fix, 'roll-back')).toEqual(confirmed);
      expect(await session.ledger(fix, 'status')).toEqual(confirmed);
      expect(await route()).toBe(shown);
      await inside(...del);
      await isClean();
    });

    test('T25: that nobody confirms is undone by the node, which is then as before', async () => {
      const request = plan({ rollbackSeconds: 2 });
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      expect(await settled(request.fix)).toEqual({
        fix: request.fix,
        state: 'rolled-back',
        detail: 'Nobody confirmed the change within 2 s, so the node restored itself.',
        difference: [],
      });
      expect(await session.ledger(request.fix, 'confirm')).toMatchObject({ state: 'rolled-back' });
      await isClean();
    });

    test('is undone at once when asked to', async () => {
      const request = plan();
      await session.change(request);
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({
        state: 'rolled-back',
        detail: 'The node restored itself as asked.',
        difference: [],
      });
      await isClean();
    });

    test('is refused when its precondition differs, with the command and what it said', async () => {
      await inside(...add);
      const request = plan({ apply: [del], undo: [add], preconditions: [{ argv: show, stdout: 'else\n' }] });
      expect(await session.change(request)).toEqual({
        fix: request.fix,
        state: 'refused',
        detail:
          'Precondition 1 no longer holds, so nothing was changed: `ip route show 10.5.0.0/24` now says ' +
          '"10.5.0.0/24 via 10.99.0.1 dev eth0" instead of "else".',
        difference: [],
      });
      expect(await route()).toBe(shown);
      await inside(...del);
      await isClean();
    });

    test.each([
      ['a byte more', `${shown} `],
      ['the end of line missing', shown.trimEnd()],
      ['nothing', ''],
    ])('is refused when the precondition expects %s', async (_, stdout) => {
      await inside(...add);
      const request = plan({ apply: [del], undo: [add], preconditions: [{ argv: show, stdout }] });
      expect(await session.change(request)).toMatchObject({ state: 'refused' });
      await inside(...del);
      await isClean();
    });

    test('with a failing step is undone at once, and says which step and what it said', async () => {
      const request = plan({ apply: [add, ['ip', 'route', 'add', 'nonsense']], undo: [['false'], del] });
      const entry = await session.change(request);
      expect(entry).toMatchObject({ state: 'rolled-back', difference: [] });
      expect(entry.detail).toMatch(
        /^Step 2, `ip route add nonsense`, ended with status 1 \(Error: .*\); the node restored/,
      );
      expect(entry.detail).toContain('Undo step 1, `false`, ended with status 1 (no output).');
      await isClean();
    });

    // Who logged in makes no difference from here on: the detached processes are root's.
    if (user === 'ops') return;

    test('names what its undo could not restore', async () => {
      const request = plan({ undo: [['true']] });
      await session.change(request);
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({
        state: 'rolled-back',
        difference: [`+${shown.trim()}`],
      });
      await inside(...del);
      await isClean();
    });

    test('with the same fix id starts once, also when twenty ask at the same time', async () => {
      const counted = ['sh', '-c', 'echo run >>/var/count'];
      const request = plan({ preconditions: [], apply: [counted], undo: [['true']] });
      const entries = await Promise.all(Array.from({ length: 20 }, () => session.change(request)));
      expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['applied']));
      expect(await inside('cat', '/var/count')).toBe('run\n');
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back' });
      expect(await session.change(request)).toMatchObject({ state: 'rolled-back' });
      expect(await inside('cat', '/var/count')).toBe('run\n');
      await isClean();
    });

    test('waits for no other: while one is not settled a second is refused', async () => {
      const first = plan();
      await session.change(first);
      const second = plan({ preconditions: [] });
      const entry = await session.change(second);
      expect(entry).toMatchObject({ state: 'refused', difference: [] });
      expect(entry.detail).toContain(first.fix);
      expect(await session.ledger(first.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test('T25: is restored by the node when the connection is cut right after it was applied', async () => {
      const request = plan({ rollbackSeconds: 3 });
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      await reconnect();
      expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test('whose connection is cut while it is applied ends all the same', async () => {
      const request = plan({ rollbackSeconds: 4, apply: [['sleep', '2'], add] });
      const running = session.change(request);
      await until('the step runs', async () => (await inside('ps', 'axww', '-o', 'args=')).includes('\nsleep 2\n'));
      lab.cut();
      const entry = await running;
      expect(entry).toMatchObject({ state: 'begun', detail: expect.stringContaining('connection was lost') as string });
      session = await lab.session();
      await until('it is applied', async () => (await session.ledger(request.fix, 'status'))?.state === 'applied');
      expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test('T25: that closes the very door it came through is undone, and the door opens again', async () => {
      const drop = ['iptables', '-I', 'OUTPUT', '-p', 'tcp', '--sport', '22', '-j', 'DROP'];
      const undrop = ['iptables', '-D', 'OUTPUT', '-p', 'tcp', '--sport', '22', '-j', 'DROP'];
      const closed = async () => (await inside('iptables', '-S', 'OUTPUT')).includes('DROP');
      await inside(...drop);
      await inside(...undrop);
      clean = await state();
      const request = plan({ rollbackSeconds: 9, preconditions: [], apply: [drop], undo: [undrop] });
      expect(await session.change(request)).toMatchObject({
        state: 'begun',
        detail: expect.stringContaining('connection was lost') as string,
      });
      expect(await closed()).toBe(true);
      await until('the door is open', async () => !(await closed()));
      session = await lab.session();
      expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test('T27: that kills every SSH session is finished, and undone when nobody confirms', async () => {
      const request = plan({
        rollbackSeconds: 3,
        apply: [['pkill', '-f', 'sshd: '], ['pkill', '-f', 'ssh|ip|netdiag|NetworkManager|systemd|timeout'], add],
      });
      // The second pkill may find nothing and end with 1, or its own `timeout`; what counts is that the node restores itself.
      expect(await session.change(request)).toMatchObject({ state: 'begun' });
      const entry = () => inside('head', '-n', '1', `/var/lib/netdiag/fix/${request.fix}/entry`);
      await until('the killing is over', async () => /^(applied|failed|rolled-back)$/m.test(await entry()));
      await lab.node.exec('node', ['/usr/sbin/sshd', '-f', '/etc/ssh/sshd_config']);
      session = await lab.session();
      expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test.each(['guard', 'work'])('T27: whose %s is killed is undone by the node all the same', async (name) => {
      const request = plan({ rollbackSeconds: 2 });
      await session.change(request);
      const pids = (await inside('pgrep', '-f', `^sh ./fix ${name}`)).split('\n').filter(Boolean);
      expect(pids).toHaveLength(1);
      await inside('kill', '-9', ...pids);
      await until('the route is gone', async () => (await route()) === '');
      expect(await settled(request.fix)).toMatchObject({
        state: 'rolled-back',
        detail: 'Nobody confirmed the change within 2 s, so the node restored itself.',
        difference: [],
      });
      await isClean();
    });

    test('whose processes were all killed is undone as soon as the ledger is asked', async () => {
      const request = plan();
      await session.change(request);
      const pids = (await inside('pgrep', '-f', '^sh ./fix')).split('\n').filter(Boolean);
      expect(pids.length).toBeGreaterThan(0);
      await inside('kill', '-9', ...pids);
      await until('they are gone', async () => (await left()).length === 0);
      expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test('that was applied when the node restarted is gone, and the ledger says so', async () => {
      const request = plan();
      await session.change(request);
      const pids = (await inside('pgrep', '-f', '^sh ./fix')).split('\n').filter(Boolean);
      await inside('kill', '-9', ...pids);
      await inside(...del);
      const bootFile = '/proc/sys/kernel/random/boot_id';
      const boot = await inside('cat', bootFile);
      await inside('sh', '-c', `echo 11111111-2222-3333-4444-555555555555 >${bootFile}`);
      expect(await session.ledger(request.fix, 'status')).toEqual({
        fix: request.fix,
        state: 'rolled-back',
        detail: 'The node restarted, so what the change had set at run time is gone.',
        difference: [],
      });
      await inside('sh', '-c', `printf %s '${boot}' >${bootFile}`);
      await isClean();
    });

    const ledger = '/var/lib/netdiag';
    const disk = (size: string) => inside('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', ledger);

    test.each(['4k', '64k', '128k'])('is refused at once on a disk of %s, which has no room for it', async (size) => {
      await disk(size);
      const entry = await session.change(plan());
      expect(entry).toMatchObject({ state: 'refused', detail: expect.stringContaining('no room') as string });
      await inside('umount', '-l', ledger);
      await isClean();
    });

    test('T27: is undone, and known to be, when the disk fills up after it was applied', async () => {
      await disk('4m');
      const request = plan({ rollbackSeconds: 3 });
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      await inside('sh', '-c', `cat /dev/zero >${ledger}/full`);
      expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
      await inside('umount', '-l', ledger);
      await isClean();
    });

    test('takes words that would do something unquoted', async () => {
      const words = ['$(touch /pwned)', "it's", '`id`', '; rm x', '\\', 'ü', '-n', '*'];
      const precondition = { argv: ['printf', '%s\\n', ...words], stdout: words.map((word) => `${word}\n`).join('') };
      const request = plan({ preconditions: [precondition], apply: [['printf', '%s', ...words], add] });
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      expect((await lab.node.exec('node', ['ls', '/pwned'])).exit).not.toBe(0);
      await isClean();
    });

    test('writes what its plan says, byte for byte, and takes the old file from its undo', async () => {
      const text = ["it's", '$(touch /pwned)', '`id`', '\\n %s \\', '# no comment', '  ü', '', ''].join('\n');
      const old = 'old\n\n';
      const write = (stdin: string) => [{ argv: ['tee', '/etc/netdiag-test.conf'], stdin }];
      const request = plan({ preconditions: [], apply: write(text), undo: write(old) });
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      expect(await inside('cat', '/etc/netdiag-test.conf')).toBe(text);
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      expect(await inside('cat', '/etc/netdiag-test.conf')).toBe(old);
      expect((await lab.node.exec('node', ['ls', '/pwned'])).exit).not.toBe(0);
      await isClean();
    });

    test('with a command that does not read what it is given, or reads nothing, is applied', async () => {
      const ignored = { argv: ['true'], stdin: 'x'.repeat(60_000) };
      const nothing = ['sh', '-c', 'test "$(wc -c)" -eq 0'];
      const request = plan({ apply: [ignored, nothing, add] });
      expect(await session.change(request)).toMatchObject({ state: 'applied' });
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });

    test.each([
      ['a NUL', 'a\0b', /NUL/],
      ['half a character', '\ud800', /surrogate/],
      ['more than 64 KiB', 'x'.repeat(65_537), /more than 65536 bytes/],
    ])('that would have a command read %s is refused', async (_, stdin, why) => {
      const request = plan({ apply: [{ argv: ['tee', '/etc/netdiag-test.conf'], stdin }] });
      const entry = await session.change(request);
      expect(entry).toMatchObject({ state: 'refused' });
      expect(entry.detail).toMatch(why);
      expect(await session.ledger(request.fix, 'status')).toBe(null);
    });

    test.each(['../x', '', 'a b', '$(id)', '-x', 'x'.repeat(100)])('with the fix id %j is refused', async (fix) => {
      expect(await session.change(plan({ fix }))).toMatchObject({ state: 'refused' });
      expect(await session.ledger(fix, 'status')).toBe(null);
    });

    test('that the node never heard of is null', async () => {
      expect(await session.ledger('0123456789abcdef', 'status')).toBe(null);
      expect(await session.ledger('0123456789abcdef', 'confirm')).toBe(null);
      expect(await session.ledger('0123456789abcdef', 'roll-back')).toBe(null);
    });

    test('that cannot be asked for is begun, not null', async () => {
      const request = plan();
      await session.change(request);
      const old = session;
      await reconnect();
      expect(await old.ledger(request.fix, 'status')).toMatchObject({ state: 'begun' });
      expect(await session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      await isClean();
    });
  });
}
