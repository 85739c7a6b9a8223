import { describe, expect, test } from 'vitest';
import { noLab, skipNote } from '../../lab/index.ts';
import { add, changeBench, plan } from './change-bench.ts';

describe.skipIf(noLab)(`a change${skipNote}`, { timeout: 60_000 }, () => {
  const at = changeBench('root');
  const { inside, isClean, reconnect } = at;

  test('takes words that would do something unquoted', async () => {
    const words = ['$(touch /pwned)', "it's", '`id`', '; rm x', '\\', 'ü', '-n', '*'];
    const precondition = { argv: ['printf', '%s\\n', ...words], stdout: words.map((word) => `${word}\n`).join('') };
    const request = plan({ preconditions: [precondition], apply: [['printf', '%s', ...words], add] });
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
    expect((await at.lab.node.exec('node', ['ls', '/pwned'])).exit).not.toBe(0);
    await isClean();
  });

  test('writes what its plan says, byte for byte, and takes the old file from its undo', async () => {
    const text = ["it's", '$(touch /pwned)', '`id`', '\\n %s \\', '# no comment', '  ü', '', ''].join('\n');
    const old = 'old\n\n';
    const write = (stdin: string) => [{ argv: ['tee', '/etc/netdiag-test.conf'], stdin }];
    const request = plan({ preconditions: [], apply: write(text), undo: write(old) });
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    expect(await inside('cat', '/etc/netdiag-test.conf')).toBe(text);
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
    expect(await inside('cat', '/etc/netdiag-test.conf')).toBe(old);
    expect((await at.lab.node.exec('node', ['ls', '/pwned'])).exit).not.toBe(0);
    await isClean();
  });

  test('with a command that does not read what it is given, or reads nothing, is applied', async () => {
    const ignored = { argv: ['true'], stdin: 'x'.repeat(60_000) };
    const nothing = ['sh', '-c', 'test "$(wc -c)" -eq 0'];
    const request = plan({ apply: [ignored, nothing, add] });
    expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });

  test.each([
    ['a NUL', 'a\0b', /NUL/],
    ['half a character', '\ud800', /surrogate/],
    ['more than 64 KiB', 'x'.repeat(65_537), /more than 65536 bytes/],
  ])('that would have a command read %s is refused', async (_, stdin, why) => {
    const request = plan({ apply: [{ argv: ['tee', '/etc/netdiag-test.conf'], stdin }] });
    const entry = await at.session.change(request);
    expect(entry).toMatchObject({ state: 'refused' });
    expect(entry.detail).toMatch(why);
    expect(await at.session.ledger(request.fix, 'status')).toBe(null);
  });

  test.each(['../x', '', 'a b', '$(id)', '-x', 'x'.repeat(100)])('with the fix id %j is refused', async (fix) => {
    expect(await at.session.change(plan({ fix }))).toMatchObject({ state: 'refused' });
    expect(await at.session.ledger(fix, 'status')).toBe(null);
  });

  test('that the node never heard of is null', async () => {
    expect(await at.session.ledger('0123456789abcdef', 'status')).toBe(null);
    expect(await at.session.ledger('0123456789abcdef', 'confirm')).toBe(null);
    expect(await at.session.ledger('0123456789abcdef', 'roll-back')).toBe(null);
  });

  test('that cannot be asked for is begun, not null', async () => {
    const request = plan();
    await at.session.change(request);
    const old = at.session;
    await reconnect();
    expect(await old.ledger(request.fix, 'status')).toMatchObject({ state: 'begun' });
    expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
    await isClean();
  });
});
