// Who logged in makes no difference here: the detached processes are root's.
import { describe, expect, test } from 'vitest';
import { noLab, skipNote } from '../../lab/index.ts';
import { add, changeBench, del, plan, shown } from './change-bench.ts';
import { until } from './real-clock.ts';

describe.skipIf(noLab)(`a change${skipNote}`, { timeout: 60_000 }, () => {
  const at = changeBench('root');
  const { inside, isClean, left, reconnect, route, settled, state } = at;

  test('names what its undo could not restore', async () => {
    const request = plan({ undo: [['true']] });
    await at.session.change(request);
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({
      state: 'rolled-back',
      difference: [`+${shown.trim()}`],
    });
    await inside(...del);
    await isClean();
  });

  test('with the same fix id starts once, also when twenty ask at the same time', async () => {
    const counted = ['sh', '-c', 'echo run >>/var/count'];
    const request = plan({ preconditions: [], apply: [counted], undo: [['true']] });
    const entries = await Promise.all(Array.from({ length: 20 }, () => at.session.change(request)));
    expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['applied']));
    expect(await inside('cat', '/var/count')).toBe('run\n');
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back' });
    expect(await at.session.change(request)).toMatchObject({ state: 'rolled-back' });
    expect(await inside('cat', '/var/count')).toBe('run\n');
    await isClean();
  });

  test('waits for no other: while one is not settled a second is refused', async () => {
    const first = plan();
    await at.session.change(first);
    const second = plan({ preconditions: [] });
    const entry = await at.session.change(second);
    expect(entry).toMatchObject({ state: 'refused', difference: [] });
    expect(entry.detail).toContain(first.fix);
    expect(await at.session.ledger(first.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test('T25: is restored by the node when the connection is cut right after it was applied', async () => {
    const request = plan({ rollbackSeconds: 2 });
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    await reconnect();
    expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test('whose connection is cut while it is applied ends all the same', async () => {
    const request = plan({ rollbackSeconds: 3, apply: [['sleep', '1'], add] });
    const running = at.session.change(request);
    await until('the step runs', async () => (await inside('ps', 'axww', '-o', 'args=')).includes('\nsleep 1\n'));
    at.lab.cut();
    const entry = await running;
    expect(entry).toMatchObject({ state: 'begun', detail: expect.stringContaining('connection was lost') as string });
    at.session = await at.lab.session();
    await until('it is applied', async () => (await at.session.ledger(request.fix, 'status'))?.state === 'applied');
    expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test('T25: that closes the very door it came through is undone, and the door opens again', async () => {
    const drop = ['iptables', '-I', 'OUTPUT', '-p', 'tcp', '--sport', '22', '-j', 'DROP'];
    const undrop = ['iptables', '-D', 'OUTPUT', '-p', 'tcp', '--sport', '22', '-j', 'DROP'];
    const closed = async () => (await inside('iptables', '-S', 'OUTPUT')).includes('DROP');
    await inside(...drop);
    await inside(...undrop);
    at.clean = await state();
    const request = plan({ rollbackSeconds: 9, preconditions: [], apply: [drop], undo: [undrop] });
    expect(await at.session.change(request)).toMatchObject({
      state: 'begun',
      detail: expect.stringContaining('connection was lost') as string,
    });
    expect(await closed()).toBe(true);
    await until('the door is open', async () => !(await closed()));
    at.session = await at.lab.session();
    expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test('T27: that kills every SSH at.session is finished, and undone when nobody confirms', async () => {
    const request = plan({
      rollbackSeconds: 3,
      apply: [['pkill', '-f', 'sshd: '], ['pkill', '-f', 'ssh|ip|netdiag|NetworkManager|systemd|timeout'], add],
    });
    // The second pkill may find nothing and end with 1, or its own `timeout`; what counts is that the node restores itself.
    expect(await at.session.change(request)).toMatchObject({ state: 'begun' });
    const entry = () => inside('head', '-n', '1', `/var/lib/netdiag/fix/${request.fix}/entry`);
    await until('the killing is over', async () => /^(applied|failed|rolled-back)$/m.test(await entry()));
    await at.lab.node.exec('node', ['/usr/sbin/sshd', '-f', '/etc/ssh/sshd_config']);
    at.session = await at.lab.session();
    expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test.each(['guard', 'work'])('T27: whose %s is killed is undone by the node all the same', async (name) => {
    const request = plan({ rollbackSeconds: 1 });
    await at.session.change(request);
    const pids = (await inside('pgrep', '-f', `^sh ./fix ${name}`)).split('\n').filter(Boolean);
    expect(pids).toHaveLength(1);
    await inside('kill', '-9', ...pids);
    await until('the route is gone', async () => (await route()) === '');
    expect(await settled(request.fix)).toMatchObject({
      state: 'rolled-back',
      detail: 'Nobody confirmed the change within 1 s, so the node restored itself.',
      difference: [],
    });
    await isClean();
  });

  test('whose processes were all killed is undone as soon as the ledger is asked', async () => {
    const request = plan();
    await at.session.change(request);
    const pids = (await inside('pgrep', '-f', '^sh ./fix')).split('\n').filter(Boolean);
    expect(pids.length).toBeGreaterThan(0);
    await inside('kill', '-9', ...pids);
    await until('they are gone', async () => (await left()).length === 0);
    expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test('that was applied when the node restarted is gone, and the ledger says so', async () => {
    const request = plan();
    await at.session.change(request);
    const pids = (await inside('pgrep', '-f', '^sh ./fix')).split('\n').filter(Boolean);
    await inside('kill', '-9', ...pids);
    await inside(...del);
    const bootFile = '/proc/sys/kernel/random/boot_id';
    const boot = await inside('cat', bootFile);
    await inside('sh', '-c', `echo 11111111-2222-3333-4444-555555555555 >${bootFile}`);
    expect(await at.session.ledger(request.fix, 'status')).toEqual({
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
    const entry = await at.session.change(plan());
    expect(entry).toMatchObject({ state: 'refused', detail: expect.stringContaining('no room') as string });
    await inside('umount', '-l', ledger);
    await isClean();
  });

  test('T27: is undone, and known to be, when the disk fills up after it was applied', async () => {
    await disk('4m');
    const request = plan({ rollbackSeconds: 2 });
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    await inside('sh', '-c', `cat /dev/zero >${ledger}/full`);
    expect(await settled(request.fix)).toMatchObject({ state: 'rolled-back', difference: [] });
    await inside('umount', '-l', ledger);
    await isClean();
  });
});
