/**
 * Puts the gate together: `node deploy/node/build.ts` writes `deploy/node/netdiag-gate`, which is committed. What `check` may run
 * comes from the probes themselves, and the ledger, the captures and the answers are the very scripts that netdiag sends to a node
 * without a gate.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fixedQuestions } from '../../src/cli/doctor/node-facts.ts';
import { orderWords } from '../../src/model/index.ts';
import { probes } from '../../src/probe/index.ts';
import { dnsQuery } from '../../src/stimulus/index.ts';

/** Probes whose words depend on the node: `typed.sh` says which words those may be. */
export const TYPED: readonly string[] = ['ip-route-get', 'ip-route-prefix', 'sysctl-value'];

const own = (name: string): string => read(new URL(`part/${name}.sh`, import.meta.url));
const shared = (name: string): string => read(new URL(`../../src/adapter/ssh/script/${name}.sh`, import.meta.url));

/** What is asked beside the probes: the time, before a change begins. */
const OTHERS = [['date', '+%s']];

/** Every argv without parameters that netdiag asks a node. */
export function fixedArgv(): readonly (readonly string[])[] {
  const asked = probes.filter(({ id }) => !TYPED.includes(id)).map((probe) => probe.argv({}));
  return [...asked, ...fixedQuestions(), ...OTHERS];
}

/** The whole gate. */
export function gateScript(): string {
  return [
    own('head'),
    shared('environment'),
    listed(),
    own('words'),
    own('typed'),
    own('rules'),
    own('order'),
    shared('ledger'),
    shared('node-state'),
    shared('change'),
    own('obey'),
    shared('batch'),
    shared('capture'),
    own('verbs'),
  ].join('\n');
}

/** What check may run: one command a line, in the words of `orderWords`, so that quotes cannot occur in them. */
function listed(): string {
  const lines = [...new Set(fixedArgv().map(orderWords))].toSorted();
  const odd = lines.find((line) => line.includes("'"));
  if (odd !== undefined) throw new TypeError(`cannot be listed: ${odd}`);
  return `# What check may run, word by word; the rest is in "typed" below.
fixed='
${lines.join('\n')}
'

# The program with which it sends DNS queries, as one word.
queries='${orderWords([dnsProgram()])}'
`;
}

function dnsProgram(): string {
  const plan = { from: 'subject', stimulus: 'dns-query', to: '10.0.0.1', port: 53, name: 'a', count: 1 } as const;
  const [mark] = dnsQuery.marks(plan, 1, { between: (low) => low });
  const argv = mark === undefined ? [] : dnsQuery.ways(plan, mark)[0][0].argv;
  const [shell, norc, option, program, name] = argv;
  if (shell !== 'bash' || norc !== '--norc' || option !== '-c' || program === undefined || name !== 'dns-query')
    throw new TypeError('DNS queries are sent in another way than typed.sh knows');
  return program;
}

function read(url: URL): string {
  return readFileSync(url, 'utf8');
}

if (import.meta.main) writeFileSync(new URL('netdiag-gate', import.meta.url), gateScript(), { mode: 0o755 });
