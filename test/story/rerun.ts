import type { IncidentState, Line } from '../../src/model/index.ts';
import type { ClusterState } from '../lab/cluster/state.ts';
import type { Lab } from '../lab/index.ts';

/** One line that a person is shown, with the command that they would copy. */
export interface Shown {
  readonly about: string;
  readonly said: Pick<Line, 'node' | 'command' | 'line'>;
}

/** Every line shown as proof, of the nodes and their peers, of the path, and of the counters that rose. */
export function shownBy({ findings, path, watches, bound }: IncidentState): Shown[] {
  const rows = findings.flatMap(({ code, evidence }) =>
    evidence.flatMap(({ about, subject, peer }) =>
      [subject, ...(peer === undefined ? [] : [peer])].map((said) => ({ about: `${code}: ${about}`, said })),
    ),
  );
  const hops = (path ?? []).flatMap(({ node, about, command, line }) =>
    command === null || line === null ? [] : [{ about: `path: ${node} ${about}`, said: { node, command, line } }],
  );
  const node = bound?.subject.name ?? '';
  const rises = watches.flatMap(({ counters }) =>
    counters.map(({ counter, command, line }) => ({ about: `counter ${counter}`, said: { node, command, line } })),
  );
  return [...rows, ...hops, ...rises];
}

/** Commands whose numbers go on rising. */
const COUNTING = /\bnstat\b|\biptables-save -c\b|\bnft\b|\bip -s\b|\/proc\/net\/|\bip .*-s -s\b|conntrack/;
/** What fits into a cell of a message without being cut. */
const LONGEST = 600;

/**
 * Pastes a shown command into a root shell on its node and complains when none of its lines is the one shown; `null` when all is
 * well. Numbers of counters may have risen. kubectl is a stand-in that reads the lab's cluster.
 */
export async function rerun(lab: Lab, { about, said }: Shown): Promise<string | null> {
  const { node, command, line } = said;
  const complaint = (why: string): string => `${about}\n  ${node}$ ${command}\n  shown: ${line}\n  ${why}`;
  if (!/^[\x20-\x7e]+$/.test(command) || command.length > LONGEST) return complaint('is no line that can be copied');
  const text = await pasted(lab, node, command);
  const counted = (text: string): string => {
    const one = text.trim();
    return COUNTING.test(command) ? one.replaceAll(/\d+/g, '#').replaceAll(/ +/g, ' ') : one;
  };
  const printed = text.split('\n').map(counted);
  if (line === '(no such line)' || (line === '(no output)' && text.trim() === '')) return null;
  if (printed.includes(counted(line))) return null;
  return complaint(`now it says: ${text.trim().slice(0, 600)}`);
}

async function pasted(lab: Lab, node: string, command: string): Promise<string> {
  if (!command.startsWith('kubectl ')) {
    const { stdout, stderr } = await lab.exec(node, ['bash', '--norc', '-c', command]);
    return `${stdout}\n${stderr}`;
  }
  const { stdout } = await lab.exec(node, ['bash', '--norc', '-c', `kubectl() { printf '%s\\n' "$@"; }\n${command}`]);
  return kubectl(lab, stdout.trimEnd().split('\n'));
}

/** `kubectl get node NAME -o jsonpath={.a.b\.c}` against the lab's objects; anything else is not understood. */
function kubectl(lab: Lab, [verb, kind, name, option, format = '', ...rest]: readonly string[]): string {
  const [, path] = /^jsonpath=\{\.(.*)\}$/.exec(format) ?? [];
  if (verb !== 'get' || kind !== 'node' || option !== '-o' || path === undefined || rest.length > 0)
    return `the stand-in for kubectl does not understand ${[verb, kind, name, option, format, ...rest].join(' | ')}`;
  let state: ClusterState | null = null;
  lab.changeCluster((now) => (state = now));
  const nodes = (state as ClusterState | null)?.objects['/nodes'] ?? [];
  const names = path.split(/(?<!\\)\./).map((one) => one.replaceAll('\\.', '.'));
  const found = nodes.find(({ metadata }) => metadata.name === name);
  const value = names.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? Object.entries(part).find(([k]) => k === key)?.[1] : undefined,
    found,
  );
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** A fault with a node and a symptom by which every finding of it is made; `more` runs on the node first. */
export interface Case {
  readonly lab: string;
  readonly node: string;
  readonly symptom: string;
  readonly more?: readonly string[];
  /** Codes of the findings, the leading one first. */
  readonly codes: readonly string[];
}

const AWS = 'ip-172-31-53-61';
const TWO = ['reply-leaves-other-interface', 'outside-reply-leaves-other-interface'];

/** Every fault of the lab. */
export const CASES: readonly Case[] = [
  { lab: 'i1', node: 'ip-10-0-10-207', symptom: 'kubelet-unreachable', codes: TWO },
  {
    lab: 'i1-strict',
    node: 'ip-10-0-10-207',
    symptom: 'kubelet-unreachable',
    codes: ['request-dropped-by-strict-rpf', 'outside-reply-leaves-other-interface'],
  },
  { lab: 'i1-one-door', node: 'ip-10-0-10-207', symptom: 'kubelet-unreachable', codes: TWO },
  { lab: 'i2-mac', node: 'kylin-19', symptom: 'pods-cannot-get-out', codes: ['vtep-mac-not-announced'] },
  { lab: 'i2-local', node: 'kylin-19', symptom: 'pods-cannot-get-out', codes: ['remote-vtep-is-local'] },
  { lab: 'i3', node: 'dev-slave-110', symptom: 'pods-unreachable', codes: ['forwarding-off'] },
  { lab: 'i3-uplink', node: 'dev-slave-110', symptom: 'pods-unreachable', codes: ['uplink-forwarding-off'] },
  { lab: 'i4a', node: AWS, symptom: 'connections-time-out', codes: ['eni-pod-request-dropped'] },
  {
    lab: 'i4a',
    node: AWS,
    symptom: 'connections-time-out',
    more: ['sysctl', '-w', 'net.ipv4.conf.eth1.rp_filter=2'],
    codes: ['eni-pod-reply-leaves-uplink'],
  },
  { lab: 'i4b', node: AWS, symptom: 'connections-time-out', codes: ['node-port-dropped-by-strict-rpf'] },
  { lab: 'i5', node: AWS, symptom: 'connections-time-out', codes: ['ipamd-freed-eni-in-use'] },
];
