import { orderWords, type Gate } from '../../model/index.ts';
import type { Command } from '../../port.ts';
import { budgetOf, seconds, type Batch } from './batch.ts';

/** What a key may do on a node with a gate. */
export type GateRole = 'check' | 'fix';

/** A gate's first answer: what it is, and which of its two keys it took ours for. */
export interface Greeting {
  readonly role: GateRole;
  readonly gate: Gate;
}

/** The greeting among the lines that a login gave; `null` where there is none, so that this is a login shell. */
export function greetingIn(lines: readonly string[]): Greeting | null {
  const at = lines.findIndex((line) => /^netdiag-gate \d{1,4} (check|fix)$/.test(line));
  if (at === -1) return null;
  const [, version = '', role] = /^netdiag-gate (\d+) (\w+)$/.exec(lines[at] ?? '') ?? [];
  const told = lines.slice(at + 1, at + 4).join('\n');
  const [, ...approvals] = /^approvals ([1-9]) ([1-9]) ([1-9])$/m.exec(told) ?? [];
  const [one = 9, two = 9, three = 9] = approvals.map(Number);
  const signers = /^signers (\d{1,5})$/m.exec(told)?.[1];
  const gate: Gate = {
    version,
    approvals: [one, two, three],
    mostRollbackSeconds: Number(/^rollback (\d{1,4})$/m.exec(told)?.[1] ?? 0),
    signers: signers === undefined ? null : Number(signers),
  };
  return { role: role === 'fix' ? 'fix' : 'check', gate };
}

/**
 * Commands as a gate takes them: words in lines, never a shell program; what the one command that reads something reads comes
 * after them. Throws TypeError for words that no argv can carry.
 */
export function gateBatch(commands: readonly Command[], nonce: string): Omit<Batch, 'program'> {
  const lines = commands.map((command, index) => {
    if (command.argv[0] === '' || command.argv[0].startsWith('-')) throw new TypeError('a command needs a program');
    return `ask ${index} ${seconds(command)} ${orderWords(command.argv)}\n`;
  });
  const read = commands.flatMap(({ stdin }) => (stdin === undefined ? [] : [new TextDecoder().decode(stdin)]));
  const budget = budgetOf(commands);
  return { command: `netdiag batch ${nonce} ${budget}`, input: [...lines, 'end\n', ...read].join(''), budget };
}

/** The command line of a capture, as a gate takes it. */
export function gateCapture(words: readonly string[]): string {
  return `netdiag capture ${orderWords(words)}`;
}
