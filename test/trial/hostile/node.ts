import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findTool } from '../../lab/available.ts';
import { type Lab, startLab } from '../../lab/index.ts';
import { tell } from '../../story/tell.ts';
import { ALIAS, ALTNAME, escaped, NAMES } from './names.ts';
import { programsIn, sshdUnder } from './trace.ts';

const NODE = 'ip-10-0-10-207';
/** What a diagnosis may run on a node: its shell and what bounds it, then the questions. */
const ALLOWED = new Set(
  [
    'bash cat env gzip head mkdir mv nice rm sh sleep sshd timeout wc',
    'bridge conntrack curl dmesg ethtool find grep ip iptables iptables-save ip6tables-save nft nstat ping readlink ss sysctl systemctl tc tcpdump uname',
  ].flatMap((line) => line.split(' ')),
);

/**
 * Diagnoses a node twice, as it is and with hostile names on it: the cause is the same, nothing that a reader obeys is in what
 * was found, and the node runs no program that it did not run before. Adds what it did to `say`.
 */
export async function hostileNode(say: (line: string) => void): Promise<readonly string[]> {
  const strace = findTool('strace');
  if (strace === null) return ['strace is not installed, so the programs that the node runs cannot be seen'];
  const lab = await startLab('i1', { prefix: 'trial', dialTimeoutMs: 2000 });
  try {
    const plain = await diagnosed(lab, strace);
    const taken = await plant(lab);
    const before = await lab.nodeState(NODE);
    const hostile = await diagnosed(lab, strace);
    const after = await lab.nodeState(NODE);
    const foreign = [...hostile.programs].filter((program) => !plain.programs.has(program));
    say(`the kernel took ${taken} of ${NAMES.length} names, an altname and an alias`);
    say(`found ${hostile.codes}; programs: ${[...hostile.programs].toSorted().join(' ')}`);
    return [
      ...(plain.programs.size > 3 ? [] : ['the trace shows no programs']),
      ...(taken >= 33 ? [] : [`the kernel took only ${taken} names`]),
      ...(hostile.codes === plain.codes ? [] : [`found ${hostile.codes} instead of ${plain.codes}`]),
      ...[...hostile.programs].filter((program) => !ALLOWED.has(program)).map((program) => `${program} may not be run`),
      ...foreign.map((program) => `${program} was run because of a name`),
      ...(after === before ? [] : ['the diagnosis changed the node']),
      ...(/hunter2/.test(hostile.text) ? ['the password in an alias was kept'] : []),
    ];
  } finally {
    await lab.down();
  }
}

/** Makes an interface of each name. How many the kernel took. */
async function plant(lab: Lab): Promise<number> {
  let taken = 0;
  for (const name of NAMES) {
    const script = 'n=$(printf %b "$1"); ip link add name "$n" type bridge && ip link set dev "$n" up';
    taken += (await lab.exec(NODE, ['bash', '-c', script, '_', escaped(name)])).exit === 0 ? 1 : 0;
  }
  const longer = [
    await lab.exec(NODE, ['ip', 'link', 'add', 'name', 'plain0', 'type', 'bridge']),
    await lab.exec(NODE, [
      'bash',
      '-c',
      'ip link property add dev plain0 altname "$(printf %b "$1")"',
      '_',
      escaped(ALTNAME),
    ]),
    await lab.exec(NODE, ['bash', '-c', 'ip link set dev plain0 alias "$(printf %b "$1")"', '_', escaped(ALIAS)]),
  ];
  const refused = longer.find(({ exit }) => exit !== 0);
  if (refused !== undefined) throw new Error(`the altname or the alias was not taken: ${refused.stderr}`);
  return taken;
}

async function diagnosed(lab: Lab, strace: string) {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-hostile-'));
  const file = join(directory, 'trace');
  const tracer = spawn(strace, ['-f', '-qq', '-e', 'trace=execve', '-o', file, '-p', sshdOf(lab)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const { state } = await tell(lab, { node: NODE, symptom: 'kubelet-unreachable' }).ending();
    const programs = programsIn(readFileSync(file, 'utf8')).map(({ program }) => basename(program));
    return {
      codes: state.findings.map(({ code }) => code).join(' '),
      programs: new Set(programs),
      text: JSON.stringify(state),
    };
  } finally {
    const over = once(tracer, 'exit');
    tracer.kill('SIGTERM');
    await over;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The node's sshd: its own first process, or its supervisor, has started it. */
function sshdOf(lab: Lab): string {
  const directory = lab.nodes[NODE]?.directory ?? '';
  return sshdUnder(
    ['init.pid', 'node.pid'].map((name) => readFileSync(join(directory, name), 'utf8').trim().split(' ')[0] ?? ''),
  );
}
