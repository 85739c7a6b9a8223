import { randomBytes } from 'node:crypto';
import type { ChangeRequest } from '../../../src/model/index.ts';
import { noLab, skipNote } from '../../lab/index.ts';
import { nodeShellContract } from '../../contract/node-shell.ts';
import { startLabDoor } from './lab-door.ts';

const show = ['ip', 'route', 'show', '10.99.0.0/24'];

nodeShellContract(`ssh${skipNote}`, noLab, async () => {
  const lab = await startLabDoor();
  let plans = 0;
  const plan = (given: Partial<ChangeRequest> = {}, more: ChangeRequest['apply'] = []): ChangeRequest => {
    const route = `10.6.${plans++}.0/24`;
    return {
      fix: randomBytes(16).toString('hex'),
      planHash: 'a'.repeat(64),
      rollbackSeconds: 60,
      preconditions: [],
      apply: [{ argv: ['ip', 'route', 'add', 'blackhole', route] }, ...more],
      undo: [{ argv: ['ip', 'route', 'del', 'blackhole', route] }],
      ...given,
    };
  };
  return {
    shell: lab.shell,
    target: lab.target,
    unreachable: { name: lab.node.name, addresses: [{ address: '127.0.0.1', from: 'node-status', port: 1 }] },
    says: { command: { argv: ['printf', '%s\\n', "it's $HOME"] }, stdout: "it's $HOME\n" },
    fails: { command: { argv: ['sh', '-c', 'exit 7'] }, exit: 7 },
    missing: { argv: ['no-such-command'] },
    device: 'eth0',
    key: 'eth0',
    noDevice: 'eth77',
    change: () => plan(),
    differs: () => plan({ preconditions: [{ argv: show, stdout: 'neither\n' }] }),
    breaks: () => plan({}, [{ argv: ['ip', 'route', 'add', 'nonsense'] }]),
    feeds: () =>
      plan({
        apply: [{ argv: ['ip', '-batch', '-'], stdin: 'route add blackhole 10.7.1.0/24\n' }],
        undo: [{ argv: ['ip', '-batch', '-'], stdin: 'route del blackhole 10.7.1.0/24\n' }],
      }),
    fed: { argv: ['ip', 'route', 'show', '10.7.1.0/24'] },
    close: () => lab.stop(),
  };
});
