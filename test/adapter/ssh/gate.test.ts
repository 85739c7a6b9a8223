import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { orderOf } from '../../../src/model/index.ts';
import type { LedgerEntry, Plan } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { noLab, skipNote } from '../../lab/index.ts';
import { ADD, DEL, planFor, requestFor, SHOW, startGateDoor, type GateDoor, type Signer } from './gate-door.ts';
import { sessionOf, text } from './loopback.ts';
import { until } from './real-clock.ts';

const command = (argv: readonly string[]) => ({ kind: 'node-command', node: 'lab-node', argv }) as const;

describe.skipIf(noLab)(`a node with a gate${skipNote}`, { timeout: 60_000 }, () => {
  let door: GateDoor;
  let session: NodeSession;
  let clean: readonly string[];
  const state = async () => {
    const reading = await session.state();
    return reading.known ? reading.value : [reading.detail];
  };
  const ledger = async () => (await door.inside('ls', '/var/lib/netdiag/fix')).split('\n').filter(Boolean);
  const plan = (given: Partial<Plan> = {}) => planFor(session.identity, given);
  /** Has these people sign the plan, and asks the node for it. */
  const ask = (given: Partial<Plan>, by: readonly Signer[]): Promise<LedgerEntry> => {
    const made = plan(given);
    const order = orderOf(made);
    return session.change(
      requestFor(
        made,
        by.map((one) => door.sign(one, order)),
      ),
    );
  };
  /** OpenSSH's own client with one of the two keys. */
  const ssh = (key: 'check' | 'fix', ...words: readonly string[]) => {
    const known = `UserKnownHostsFile=${door.lab.node.knownHostsFile}`;
    const options = ['-i', door.key(key), '-o', known, '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-F', 'none'];
    return door.lab.node.exec('controller', ['ssh', ...options, ...words]);
  };
  const there = `root@10.99.0.2`;

  beforeAll(async () => {
    door = await startGateDoor();
    session = await sessionOf(door.shell, door.lab.target);
    // The kernel notices the carrier of a new link up to a second later.
    await until('the node is settled', async () => {
      clean = await state();
      return !/NO-CARRIER/.test(clean.join());
    });
  }, 30_000);
  afterAll(() => door?.stop());

  test('greets, and the session knows what it demands', () => {
    expect(session.identity).toMatchObject({
      machineId: door.lab.node.machineId,
      bootId: door.lab.node.bootId,
      gate: { version: '1', approvals: [1, 1, 2], mostRollbackSeconds: 300, signers: 2 },
    });
  });

  test('runs what is listed, says that it does not let the rest through, and goes on', async () => {
    const outputs = await session.run([
      { argv: ['id', '-u'] },
      { argv: ['id'] },
      { argv: ['sh', '-c', 'id'] },
      { argv: ['ip', '-4', 'route', 'get', '10.99.0.1', 'iif', 'eth0; id'] },
      { argv: ['sysctl', 'net/ipv4/ip_forward=1'] },
      { argv: ['ip', '-o', 'link', 'show'] },
    ]);
    expect(outputs.map(({ exit }) => exit)).toEqual([0, 126, 126, 126, 126, 0]);
    expect(text(outputs[0]?.stdout)).toBe('0\n');
    expect(text(outputs[1]?.stderr)).toBe('the gate of this node does not let that through\n');
    expect(text(outputs[5]?.stdout)).toContain(' eth0');
  });

  test('captures what its filter takes, and no more of a packet than headers', async () => {
    const limits = { seconds: 20, packets: 100, bytes: 100_000, snap: 96 };
    const filter = { all: [{ proto: 'icmp' } as const, { host: '10.99.0.1' }], none: [] };
    const running = await session.capture({ device: 'eth0', filter, limits, key: 'test' });
    await door.lab.node.exec('controller', ['ping', '-c', '3', '-i', '0.05', '10.99.0.2']);
    const { pcap, gap } = await running.stop();
    expect(gap).toBe(undefined);
    expect(pcap.length).toBe(24 + 6 * (16 + 96));
    const whole = await session.capture({ device: 'eth0', filter, limits: { ...limits, snap: 1500 }, key: 'test' });
    expect(await whole.stop()).toMatchObject({ gap: 'denied' });
  });

  describe('changed by an order', () => {
    test('that was signed is applied, and stays when confirmed', async () => {
      const made = plan();
      const request = requestFor(made, [door.sign('second', orderOf(made))]);
      expect(await session.change(request)).toEqual({ fix: made.id, state: 'applied', detail: '', difference: [] });
      expect(await door.inside(...SHOW)).toBe('blackhole 10.5.0.0/24 \n');
      const anew = await sessionOf(door.shell, { ...door.lab.target, only: ['127.0.0.1'] });
      expect(await anew.ledger(made.id, 'confirm')).toMatchObject({ state: 'confirmed' });
      expect(await session.ledger(made.id, 'status')).toMatchObject({ state: 'confirmed' });
      await anew.close();
      await door.inside(...DEL);
      expect(await session.change(request)).toMatchObject({ state: 'confirmed' });
      expect(await door.inside(...SHOW)).toBe('');
    });

    test('is undone when asked to, without a signature, and its words and texts arrive as they were signed', async () => {
      const words = ['$(touch /pwned)', "it's", '`id`', '; rm x', '\\', 'ü', '-n', '*', '', ' '];
      const stdin = ["it's", '$(touch /pwned)', '\\n %s \\', '# no comment', '  ü', '', 'x'.repeat(300), ' '].join(
        '\n',
      );
      await door.write('/etc/netdiag/gate.conf', 'approvals 1 1 2\nrollback 300\nprograms ip install rm printf cmp\n');
      const made = plan({
        preconditions: [{ argv: ['printf', '%s\\n', ...words], stdout: words.map((word) => `${word}\n`).join('') }],
        steps: [
          { ...command(['install', '-m', '0644', '/dev/stdin', '/etc/netdiag-test']), stdin },
          { ...command(['cmp', '/etc/netdiag-test', '-']), stdin },
        ],
        undo: [command(['rm', '-f', '/etc/netdiag-test'])],
      });
      expect(await session.change(requestFor(made, [door.sign('third', orderOf(made))]))).toMatchObject({
        state: 'applied',
      });
      expect(await door.inside('cat', '/etc/netdiag-test')).toBe(stdin);
      expect(await session.ledger(made.id, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      expect(await door.inside('cat', '/etc/netdiag-test', '/pwned')).toBe('');
      await door.write('/etc/netdiag/gate.conf', 'approvals 1 1 2\nrollback 300\n');
    });

    test('is undone by the node when nobody confirms', async () => {
      const made = plan({ rollbackSeconds: 1 });
      await session.change(requestFor(made, [door.sign('second', orderOf(made))]));
      await until('it is undone', async () => (await session.ledger(made.id, 'status'))?.state === 'rolled-back');
      expect(await door.inside(...SHOW)).toBe('');
    });

    test('is refused when a precondition differs', async () => {
      const entry = await ask({ preconditions: [{ argv: SHOW, stdout: 'else\n' }] }, ['second']);
      expect(entry).toMatchObject({ state: 'refused' });
      expect(entry.detail).toContain('`ip route show 10.5.0.0/24` now says "no output" instead of "else"');
    });

    test('T28: starts once, also when eight ask at the same time', async () => {
      const made = plan({ steps: [command(ADD)] });
      const request = requestFor(made, [door.sign('second', orderOf(made))]);
      const entries = await Promise.all(Array.from({ length: 8 }, () => session.change(request)));
      expect(new Set(entries.map((entry) => entry.state))).toEqual(new Set(['applied']));
      expect(await session.ledger(made.id, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
      expect(await session.change(request)).toMatchObject({ state: 'rolled-back' });
    });

    test('and nothing of it is left behind', async () => {
      await until(
        'nothing of ours runs',
        async () => !(await door.inside('ps', 'axww', '-o', 'args=')).includes('./fix'),
      );
      expect(await state()).toEqual(clean);
    });
  });

  describe('refuses', () => {
    let before: readonly string[];
    beforeEach(async () => {
      before = await ledger();
    });
    const nothingHappened = async () => expect(await ledger()).toEqual(before);

    test('T8: an order of which anything was changed after it was signed', async () => {
      const order = orderOf(plan());
      const signature = door.sign('second', order);
      const lines = order.split('\n').slice(0, -1);
      const changed = lines.flatMap((line, at) => {
        const other = line.replace(/[0-9a-z](?=[^0-9a-z]*$)/, (last) => (last === '1' ? '2' : '1'));
        const more = [[], [lines.toSpliced(at, 1)], [lines.toSpliced(at, 0, line)]];
        return [lines.with(at, other), ...(more[at % 3] ?? [])];
      });
      const requests = changed.map((one) => requestFor(plan(), [signature], `${one.join('\n')}\n`));
      expect(requests.length).toBeGreaterThan(25);
      const work = async () => {
        for (let request = requests.pop(); request !== undefined; request = requests.pop())
          expect(await session.change(request)).toMatchObject({ state: 'refused' });
      };
      await Promise.all(Array.from({ length: 4 }, work));
      await nothingHappened();
    });

    test.each<[string, Partial<Plan>, readonly Signer[], RegExp]>([
      [
        'for another machine',
        { node: { name: 'x', machineId: '0'.repeat(32), bootId: null, hostKey: null } },
        ['second'],
        /another machine/,
      ],
      ['that has expired', { issuedAt: Date.now() - 900_000, expiresAt: Date.now() - 1000 }, ['second'], /has expired/],
      ['from the future', { issuedAt: Date.now() + 60_000 }, ['second'], /from the future/],
      ['in force for too long', { expiresAt: Date.now() + 3_700_000 }, ['second'], /longer than an hour/],
      ['whose rollback would wait for too long', { rollbackSeconds: 301 }, ['second'], /allows 300 s/],
      [
        'that uses another program',
        { steps: [command(['sh', '-c', 'id'])] },
        ['second'],
        /No change may use sh -c id here/,
      ],
      [
        'that uses ip to start one',
        { steps: [command(['ip', 'netns', 'exec', 'x', 'id'])] },
        ['second'],
        /No change may use/,
      ],
      [
        'that compares with what another program says',
        { preconditions: [{ argv: ['id'], stdout: '' }] },
        ['second'],
        /No change may use id here/,
      ],
      ['that undoes with another program', { undo: [command(['/bin/ip', 'link'])] }, ['second'], /No change may use/],
      ['signed by a stranger', {}, ['stranger'], /Signature 1 is not one of/],
      [
        'signed by one where two have to',
        { approvals: 2 },
        ['second'],
        /needs the signatures of 2 different people, 1 came/,
      ],
      ['signed twice by one', { approvals: 2 }, ['second', 'second'], /2 different people, 1 came/],
      ['signed by one where the node demands two', { risk: 3 }, ['third'], /2 different people, 1 came/],
      ['signed by enough and a stranger', {}, ['second', 'stranger'], /Signature 2 is not one of/],
    ])('an order %s', async (_, given, by, why) => {
      const entry = await ask(given, by);
      expect(entry).toMatchObject({ state: 'refused' });
      expect(entry.detail).toMatch(why);
      await nothingHappened();
    });

    test('an order from before the node restarted', async () => {
      const node = { ...session.identity, bootId: '00000000-0000-4000-8000-000000000000' };
      expect((await ask({ node }, ['second'])).detail).toMatch(/before this node restarted/);
      await nothingHappened();
    });

    test('T7: a signature for another purpose, for other bytes, cut off, and none', async () => {
      const made = plan();
      const order = orderOf(made);
      const good = door.sign('second', order);
      const wrong = [
        [door.sign('second', order, 'file')],
        [door.sign('second', orderOf(plan()))],
        [good.slice(0, -40)],
        [`${good}x`],
        ['second'],
        [],
      ];
      for (const signatures of wrong) {
        expect(await session.change(requestFor(made, signatures))).toMatchObject({ state: 'refused' });
      }
      await nothingHappened();
    });

    test.each([
      [
        'signers that others can change',
        'chmod 666 /etc/netdiag/allowed_signers',
        'chmod 644 /etc/netdiag/allowed_signers',
        /others than root/,
      ],
      [
        'signers that are not root’s',
        'chown 1500 /etc/netdiag/allowed_signers',
        'chown 0 /etc/netdiag/allowed_signers',
        /others than root/,
      ],
      ['a directory that others can change', 'chmod 777 /etc/netdiag', 'chmod 755 /etc/netdiag', /others than root/],
      [
        'rules that it cannot read',
        'echo aprovals 0 0 0 >>/etc/netdiag/gate.conf',
        "sed -i '/^aprovals/d' /etc/netdiag/gate.conf",
        /no rule/,
      ],
      [
        'no signers at all',
        'mv /etc/netdiag/allowed_signers /root/kept',
        'mv /root/kept /etc/netdiag/allowed_signers',
        /not there/,
      ],
    ])('everything where it has %s', async (_, spoil, mend, why) => {
      await door.inside('sh', '-c', spoil);
      const entry = await ask({}, ['second']);
      const shown = await ssh('check', there, 'hello');
      await door.inside('sh', '-c', mend);
      expect(entry.detail).toMatch(why);
      expect(shown.stdout).toMatch(/^trouble /m);
      await nothingHappened();
    });

    test('T18: a shell, a terminal, forwarding, sftp, an agent and every other verb, with either key', async () => {
      const greeting = (key: string) => new RegExp(`^netdiag-gate 1 ${key}\n`);
      for (const key of ['check', 'fix'] as const) {
        const asked = await Promise.all([
          ssh(key, there),
          ssh(key, there, 'id'),
          ssh(key, there, 'netdiag batch; id'),
          ssh(key, there, `netdiag batch ${'0'.repeat(32)} 10 $(id)`),
          ssh(key, '-A', there, 'ssh-add -l'),
          ssh(key, '-s', there, 'sftp'),
        ]);
        expect(asked.map(({ stdout }) => stdout.replaceAll('\r', ''))).toEqual(
          asked.map(() => expect.stringMatching(greeting(key)) as string),
        );
        const terminal = await ssh(key, '-tt', there);
        expect(terminal.stderr).toMatch(/PTY allocation request failed/);
        const forwarded = await ssh(key, '-W', '10.99.0.1:1', there);
        expect(forwarded.stderr).toMatch(/administratively prohibited|forwarding (failed|disabled)/i);
        const remote = await ssh(key, '-o', 'ExitOnForwardFailure=yes', '-R', '2222:127.0.0.1:22', there, 'x');
        expect(remote.stderr).toMatch(/remote port forwarding failed/i);
      }
      await nothingHappened();
    });

    test('T18: every change with the key for looking, and every look with the key for changing', async () => {
      const made = plan();
      const signature = door.sign('second', orderOf(made));
      const swapped = door.other({ fixKey: readFileSync(door.key('check')) });
      const looking = await sessionOf(swapped, door.lab.target);
      const entry = await looking.change(requestFor(made, [signature]));
      expect(entry).toMatchObject({ state: 'refused' });
      expect(entry.detail).toContain('the gate takes the key for check, and it has to be the one for fix');
      const without = await sessionOf(door.shell, door.lab.target);
      const [output] = await without.run([
        { argv: ['netdiag', 'order'], stdin: Buffer.from(`${orderOf(made)}${signature}`) },
      ]);
      expect(output).toMatchObject({ exit: 126 });
      const [confirm] = await without.run([{ argv: ['netdiag', 'ledger', made.id, 'confirm'] }]);
      expect(confirm).toMatchObject({ exit: 126 });
      const reached = await door.other({ privateKey: readFileSync(door.key('fix')) }).open(door.lab.target);
      expect(reached).toMatchObject({ reached: false, gap: 'denied' });
      await nothingHappened();
    });

    test('all of that without a trace in the state of the node', async () => {
      expect(await state()).toEqual(clean);
    });
  });

  test('a site that demands a gate refuses a login that gives a shell', async () => {
    const line = readFileSync(`${door.key('stranger')}.pub`, 'utf8');
    const keys = '/etc/ssh/authorized_keys/root';
    const kept = await door.inside('cat', keys);
    await door.write(keys, `${kept}${line}`);
    const privateKey = readFileSync(door.key('stranger'));
    const open = await door.other({ privateKey }).open(door.lab.target);
    const shut = await door.other({ privateKey, gateRequired: true }).open(door.lab.target);
    await door.write(keys, kept);
    expect(open).toMatchObject({ reached: true });
    expect(shut).toMatchObject({
      reached: false,
      sentence: expect.stringContaining('a shell where a gate has to be') as string,
    });
  });

  test('without a key for changes nothing can be changed, and the sentence says so', async () => {
    const { fixKey: _, ...options } = door.lab.options;
    const looking = await sessionOf(
      door.other({ ...options, privateKey: readFileSync(door.key('check')) }),
      door.lab.target,
    );
    expect(await looking.change(requestFor(plan(), ['x']))).toMatchObject({ state: 'refused' });
  });

  test('works the same where bash is the shell of the system', async () => {
    await door.inside('ln', '-sf', 'bash', '/bin/sh');
    const reading = { argv: ['cat', '/proc/sys/kernel/random/boot_id'], stdout: `${door.lab.node.bootId}\n` };
    const made = plan({ preconditions: [{ argv: SHOW, stdout: '' }, reading, { argv: ['id', '-u'], stdout: '0\n' }] });
    const signature = door.sign('second', orderOf(made));
    const broken = await session.change(
      requestFor(made, [signature], orderOf(made).replace('rollback 30', 'rollback 31')),
    );
    expect(broken.detail).toMatch(/Signature 1 is not one of/);
    expect(await session.change(requestFor(made, [signature]))).toMatchObject({ state: 'applied' });
    expect(await session.ledger(made.id, 'roll-back')).toMatchObject({ state: 'rolled-back', difference: [] });
    const [address, denied] = await session.run([{ argv: ['ip', '-o', 'addr', 'show'] }, { argv: ['id'] }]);
    expect([address?.exit, denied?.exit]).toEqual([0, 126]);
    await door.inside('ln', '-sf', 'dash', '/bin/sh');
  });

  test('is installed again over itself, refuses a key that has a shell already, and can be removed', async () => {
    const keys = '/etc/ssh/authorized_keys/root';
    const install = (...words: readonly string[]) =>
      door.lab.node.exec('node', ['sh', '/root/install.sh', ...words, '--authorized-keys', keys]);
    const both = ['--check-key', '/root/check.pub', '--fix-key', '/root/fix.pub'];
    const before = await door.inside('cat', keys);
    expect((await install(...both)).stdout).toMatch(/^netdiag-gate 1 is installed/m);
    expect(await door.inside('cat', keys)).toBe(before);
    await door.write(keys, `${before}${await door.inside('cat', '/root/check.pub')}`);
    expect((await install(...both)).stderr).toMatch(/has a line for the key in \/root\/check\.pub already/);
    expect((await install('--check-key', '/root/check.pub', '--fix-key', '/root/check.pub')).stderr).toMatch(
      /different/,
    );
    await door.write(
      '/usr/local/bin/ssh-keygen',
      '#!/bin/sh\n[ "$1" = -lf ] || { echo "unknown option -- Y" >&2; exit 1; }\n',
    );
    await door.inside('chmod', '755', '/usr/local/bin/ssh-keygen');
    await door.write(keys, before);
    expect((await install(...both)).stderr).toMatch(/cannot verify signatures \(OpenSSH 8\.2 or later can\)/);
    expect((await install('--remove')).exit).toBe(0);
    expect(await door.inside('cat', keys)).toBe('');
    expect(await door.inside('ls', '/usr/local/sbin/netdiag-gate')).toBe('');
  });
});
