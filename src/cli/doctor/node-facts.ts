import type { NodeFacts } from '../../model/index.ts';
import type { Clock, Command, NodeSession } from '../../port.ts';
import { clockItem, fault, type Item, ok, unseen, warning } from './item.ts';
import { gateItem } from './node-gate.ts';
import { question, said, type Said, TOOL_QUESTIONS, toolItems } from './node-tools.ts';

/** Where the node's ledger is; nothing is written there but by an approved change. */
const LEDGER = '/var/lib/netdiag';
/** A ledger entry with both node states of a large node has a few hundred KiB. */
const ENOUGH_KIB = 16 * 1024;

/** Every question to a node, none of which changes anything, asked in one round trip. */
const QUESTIONS: Readonly<Record<string, Command>> = {
  ...Object.fromEntries(Object.entries(TOOL_QUESTIONS).map(([key, argv]) => [key, question(argv)])),
  root: { argv: ['id', '-u'], deadlineMs: 5000 },
  self: question(['id', '-un']),
  kernel: question(['uname', '-r']),
  clock: question(['date', '-u', '+%s']),
  ledger: { argv: ['test', '-w', LEDGER], deadlineMs: 5000 },
  ledgerMode: { argv: ['stat', '-c', '%a %u', LEDGER], deadlineMs: 5000 },
  above: { argv: ['test', '-w', '/var/lib'], deadlineMs: 5000 },
  space: { argv: ['df', '-Pk', '/var/lib'], deadlineMs: 5000 },
};

/** The argv of every question. */
export function fixedQuestions(): readonly (readonly string[])[] {
  return Object.values(QUESTIONS).map(({ argv }) => argv);
}

/** What a node has, once a door is open: privileges, programs, space, clock, kernel. */
export async function factItems(
  session: NodeSession,
  node: string,
  facts: NodeFacts | null,
  clock: Pick<Clock, 'now'>,
): Promise<readonly Item[]> {
  const keys = Object.keys(QUESTIONS);
  const from = clock.now();
  const outputs = await session.run(Object.values(QUESTIONS));
  const span = { from, to: clock.now() };
  const ask = (key: string): Said => {
    const output = outputs[keys.indexOf(key)];
    return output === undefined ? { is: 'gap', why: 'not-recorded' } : said(output);
  };
  return [
    privilege(node, ask),
    await gateItem(session, node),
    ...toolItems(node, facts?.os ?? '', ask),
    ledger(node, ask),
    clockOf(node, ask('clock'), span),
    kernel(node, ask('kernel')),
  ];
}

function privilege(node: string, ask: (key: string) => Said): Item {
  const about = { id: 'node.privilege', title: 'privilege', of: node };
  const [root, self] = [ask('root'), ask('self')];
  const name = self.is === 'said' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/.test(self.text) ? self.text : 'this user';
  if (root.is === 'said' && root.text === '0') return ok(about, name === 'root' ? 'root' : `${name}, sudo -n works`);
  if (root.is === 'gap' && root.why !== 'denied') return unseen(about, `not seen (${root.why})`);
  const mend = `On the node, in /etc/sudoers.d/netdiag: ${name} ALL=(root) NOPASSWD: ALL`;
  const why = root.is === 'absent' ? 'there is no sudo' : 'sudo -n was refused';
  return fault(about, `${name} is not root and ${why}, so netdiag sees little and repairs nothing`, mend);
}

function ledger(node: string, ask: (key: string) => Said): Item {
  const about = { id: 'node.ledger', title: 'ledger', of: node };
  const [mode, own, above, space] = [ask('ledgerMode'), ask('ledger'), ask('above'), ask('space')];
  const there = mode.is === 'said' && mode.exit === 0;
  const write = there ? own : above;
  if (write.is !== 'said') return unseen(about, `whether ${LEDGER} can be written is not seen`);
  if (write.exit !== 0) {
    const says = `${there ? LEDGER : '/var/lib'} cannot be written, so changes of this node are refused`;
    return fault(about, says, `Make /var/lib writable on the node, or mount something writable at ${LEDGER}.`);
  }
  const free = space.is === 'said' && space.exit === 0 ? freeKib(space.text) : null;
  if (free === null) return unseen(about, 'the space under /var/lib is not seen');
  const says = `${LEDGER} ${there ? 'can be written' : 'is made by the first change'}, ${Math.floor(free / 1024)} MiB free`;
  if (free < ENOUGH_KIB)
    return fault(about, says, 'Make room under /var/lib on the node: a change needs it for its undo.');
  const others = there && (Number.parseInt(mode.text, 8) & 0o022) !== 0;
  if (others) return warning(about, `${says}, but others may write to it`, `On the node: chmod 755 ${LEDGER}`);
  return ok(about, says);
}

/** Columns as POSIX has them for `df -P`: file system, 1024-blocks, used, available, capacity, mounted on. */
function freeKib(text: string): number | null {
  const match = /^\S.*\s(\d+)\s+(\d+)\s+(-?\d+)\s+\S+\s+\/.*$/m.exec(text);
  return match === null ? null : Math.max(0, Number(match[3]));
}

function clockOf(node: string, date: Said, span: { readonly from: number; readonly to: number }): Item {
  const about = { id: 'node.clock', title: 'clock', of: node };
  if (date.is !== 'said' || !/^\d{9,11}$/.test(date.text)) return unseen(about, 'the time of the node is not seen');
  return clockItem(about, Number(date.text) * 1000, span, 'Correct the clock of the node: chronyc makestep.');
}

/** The oldest kernel of a system that is still met: CentOS 7. */
const OLDEST = 3_010;

function kernel(node: string, name: Said): Item {
  const about = { id: 'node.kernel', title: 'kernel', of: node };
  const [, major, minor] = name.is === 'said' ? (/^(\d+)\.(\d+)[\w.+~-]*$/.exec(name.text) ?? []) : [];
  if (name.is !== 'said' || major === undefined || minor === undefined) return unseen(about, 'the kernel is not seen');
  if (Number(major) * 1000 + Number(minor) >= OLDEST) return ok(about, name.text);
  return warning(
    about,
    `${name.text} is older than 3.10`,
    'Use a newer system on the node: netdiag was not tried on this kernel.',
  );
}
