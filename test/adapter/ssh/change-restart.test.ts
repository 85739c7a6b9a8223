import { describe, expect, onTestFinished, test } from 'vitest';
import { noLab, skipNote } from '../../lab/index.ts';
import { changeBench, del, plan } from './change-bench.ts';

const BOOT = '/proc/sys/kernel/random/boot_id';
const NEXT = '11111111-2222-3333-4444-555555555555';

describe.skipIf(noLab)(`a change and a restart of its node${skipNote}`, { timeout: 60_000 }, () => {
  const at = changeBench('root');

  /** Everything that ran is gone, and so is what was set at run time; the disk stays. Undone after the test. */
  async function restart(...gone: readonly (readonly string[])[]): Promise<void> {
    const pids = (await at.inside('pgrep', '-f', '^sh ./fix')).split('\n').filter(Boolean);
    if (pids.length > 0) await at.inside('kill', '-9', ...pids);
    for (const argv of gone) await at.inside(...argv);
    const boot = await at.inside('cat', BOOT);
    await at.inside('sh', '-c', `echo ${NEXT} >${BOOT}`);
    onTestFinished(async () => {
      await at.inside('sh', '-c', `printf %s '${boot}' >${BOOT}`);
    });
  }

  const counted = ['sh', '-c', 'echo run >>/var/again'];
  const runs = () => at.inside('sh', '-c', 'cat /var/again 2>/dev/null; rm -f /var/again');

  test('T28: the same fix id starts once: a hundred at a time, again, and after a restart with the same ledger', async () => {
    const request = plan({ preconditions: [], apply: [counted], undo: [['true']] });
    const entries = await Promise.all(Array.from({ length: 100 }, () => at.session.change(request)));
    expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['applied']));
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    await restart();
    await at.session.change(request);
    expect(await at.session.ledger(request.fix, 'status')).toMatchObject({ state: 'rolled-back' });
    expect(await at.session.change(request)).toMatchObject({ state: 'rolled-back' });
    expect(await runs()).toBe('run\n');
    await at.isClean();
  });

  test('armed, and not begun: it was refused, for nothing was changed', async () => {
    const slow = ['sh', '-c', 'sleep 30'];
    const request = plan({ preconditions: [{ argv: slow, stdout: '' }], apply: [counted], undo: [['true']] });
    void at.session.change(request);
    await expect
      .poll(async () => (await at.session.ledger(request.fix, 'status'))?.state, { timeout: 10_000 })
      .toBe('armed');
    const sleeping = (await at.inside('pgrep', '-f', '^sleep 30')).split('\n').filter(Boolean);
    await restart(['kill', '-9', ...sleeping]);
    expect(await at.session.ledger(request.fix, 'status')).toMatchObject({
      state: 'refused',
      detail: 'The node restarted before anything was changed.',
    });
    expect(await at.session.change(request)).toMatchObject({ state: 'refused' });
    expect(await runs()).toBe('');
    await at.isClean();
  });

  test('applied: it is gone with the restart, whatever is asked of it afterwards', async () => {
    const request = plan();
    await at.session.change(request);
    await restart(del);
    expect(await at.session.ledger(request.fix, 'confirm')).toMatchObject({
      state: 'rolled-back',
      detail: 'The node restarted, so what the change had set at run time is gone.',
    });
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back' });
    expect(await at.session.change(request)).toMatchObject({ state: 'rolled-back' });
    await at.isClean();
  });

  test('applied, and a file written that outlives a restart: the file is taken away after it', async () => {
    const file = '/var/tmp/lasting.conf';
    const write = { argv: ['install', '-D', '-m', '0644', '/dev/stdin', file], stdin: 'lasts\n' };
    const request = plan({ preconditions: [], apply: [write], undo: [['rm', file]] });
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    await restart();
    expect(await at.inside('cat', file)).toBe('lasts\n');
    await at.session.ledger(request.fix, 'status');
    expect(await at.settled(request.fix)).toMatchObject({
      state: 'rolled-back',
      detail: 'The node restarted before the change was confirmed, so it undid what had been written.',
    });
    expect(await at.inside('ls', '/var/tmp')).not.toContain('lasting.conf');
    await at.isClean();
  });

  test('confirmed: it stays confirmed, and another change may begin', async () => {
    const request = plan();
    await at.session.change(request);
    expect(await at.session.ledger(request.fix, 'confirm')).toMatchObject({ state: 'confirmed' });
    await restart(del);
    expect(await at.session.ledger(request.fix, 'status')).toMatchObject({ state: 'confirmed' });
    expect(await at.session.change(request)).toMatchObject({ state: 'confirmed' });
    const next = plan();
    expect(await at.session.change(next)).toMatchObject({ state: 'applied' });
    expect(await at.session.ledger(next.fix, 'roll-back')).toMatchObject({ state: 'rolled-back' });
    await at.isClean();
  });
});
