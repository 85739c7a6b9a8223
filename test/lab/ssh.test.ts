import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { noLab, skipNote } from './skip.ts';
import { run, type Ran } from './command.ts';
import { startLoopbackSshd } from './loopback-sshd.ts';
import { namespacesOf } from './namespace.ts';
import { startTime } from './pid-file.ts';
import { startSshNode } from './ssh-node.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Target {
  address: string;
  port: number;
  privateKeyFile: string;
  knownHostsFile: string;
}

function sshArgv(target: Target, user: string, command: string): string[] {
  const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${target.knownHostsFile}`];
  return [
    'ssh',
    ...options,
    '-i',
    target.privateKeyFile,
    '-p',
    String(target.port),
    `${user}@${target.address}`,
    command,
  ];
}

function ssh(target: Target, user: string, command: string): Promise<Ran> {
  return run(sshArgv(target, user, command));
}

test.skipIf(noLab)(`a loopback sshd lets its key in and is gone afterwards${skipNote}`, async () => {
  const sshd = await startLoopbackSshd();
  const ran = await ssh(sshd, 'root', 'id -u');
  expect(ran).toMatchObject({ exit: 0, stdout: '0\n' });
  await sshd.stop();
  expect(startTime(sshd.pid)).toBe(null);
  expect(existsSync(sshd.privateKeyFile)).toBe(false);
});

test.skipIf(noLab)(`a loopback sshd obeys the configuration it is given${skipNote}`, async () => {
  const sshd = await startLoopbackSshd({ sshdConfig: ['PermitRootLogin no'] });
  stops.push(() => sshd.stop());
  const ran = await ssh(sshd, 'root', 'id -u');
  expect(ran.exit).toBe(255);
  expect(sshd.log()).toContain('ROOT LOGIN REFUSED');
});

test.skipIf(noLab)(`a node lets root and ops in, and its writes stay its own${skipNote}`, async () => {
  const node = await startSshNode();
  stops.push(() => node.stop());
  const root = await node.exec(
    'controller',
    sshArgv(node, 'root', 'hostname; cat /etc/machine-id /proc/sys/kernel/random/boot_id'),
  );
  expect(root).toMatchObject({ exit: 0, stdout: `${node.name}\n${node.machineId}\n${node.bootId}\n` });
  const ops = await node.exec(
    'controller',
    sshArgv(node, 'ops', 'id -un; sudo -n id -un; sudo -n touch /usr/netdiag-lab-mark'),
  );
  expect(ops).toMatchObject({ exit: 0, stdout: 'ops\nroot\n' });
  expect((await node.exec('node', ['ls', '/usr/netdiag-lab-mark'])).exit).toBe(0);
  expect(existsSync('/usr/netdiag-lab-mark')).toBe(false);
});

test.skipIf(noLab)(`a stopped node leaves no process, namespace or directory${skipNote}`, async () => {
  const node = await startSshNode();
  const started = await node.exec('node', ['sh', '-c', 'setsid sleep 3600 >/dev/null 2>&1 & echo $!']);
  expect(started.exit).toBe(0);
  await node.stop();
  expect(namespacesOf(node.nodeNs.slice(0, 9))).toEqual([]);
  expect(existsSync(node.knownHostsFile)).toBe(false);
  const left = await run(['findmnt', '-rn', '-o', 'TARGET']);
  expect(left.stdout).not.toContain('netdiag-lab');
});
