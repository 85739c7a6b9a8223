import { canonical } from './json.ts';
import { sha256 } from './hash.ts';
import { nodeCommands } from './plan.ts';
import type { NodeCommand, Plan } from './plan.ts';

/** The namespace of ssh-keygen's signatures under an order: one made for anything else is none. */
export const SIGNATURE_NAMESPACE = 'netdiag-fix';

/** Longest piece of a text on one line, in characters as written. */
const PIECE = 200;

/**
 * The plan as approvers sign it and as the gate of the node executes it; the same plan gives the same bytes. One statement a line,
 * words between single spaces, printable ASCII only: a byte that a reader, a terminal, a shell's history or the gate could take for
 * something else stands as `\0` and three octal digits, a backslash as two, a line end within a text as `\n`, an empty word as `''`.
 * `prints` and `reads` lines go with the command above them and are read as one text. Throws TypeError for a plan that no node runs,
 * that has no time of issue, or that holds what no argv can carry.
 */
export function orderOf(plan: Plan): string {
  const { node, issuedAt } = plan;
  const apply = nodeCommands(plan.steps);
  if (apply.length === 0 || apply.length !== plan.steps.length) {
    throw new TypeError('only a plan whose steps the node runs has an order');
  }
  if (issuedAt === undefined) throw new TypeError('a plan without a time of issue has no order');
  return [
    'netdiag order 1',
    line('fix', plan.id),
    line('plan', sha256(canonical(plan))),
    line('cluster', plan.cluster),
    line('node', node.name),
    line('machine', node.machineId ?? '-'),
    line('boot', node.bootId ?? '-'),
    line('host-key', node.hostKey ?? '-'),
    line('issued', ...moment(Math.floor(issuedAt / 1000))),
    line('expires', ...moment(Math.floor(plan.expiresAt / 1000))),
    line('risk', String(plan.risk)),
    line('approvals', String(plan.approvals)),
    line('rollback', String(Math.max(1, Math.ceil(plan.rollbackSeconds)))),
    ...plan.preconditions.flatMap(({ argv, stdout }) => [line('require', ...argv), ...text('prints', stdout)]),
    ...apply.flatMap((step) => run('apply', step)),
    ...nodeCommands(plan.undo).flatMap((step) => run('undo', step)),
    'end',
    '',
  ].join('\n');
}

function run(key: 'apply' | 'undo', { argv, stdin = '' }: NodeCommand): readonly string[] {
  return [line(key, ...argv), ...text('reads', stdin)];
}

/** Words as they stand in an order, between single spaces. Throws TypeError for what no argv can carry. */
export function orderWords(words: readonly string[]): string {
  return words.map(written).join(' ');
}

function line(key: string, ...words: readonly string[]): string {
  return `${key} ${orderWords(words)}`;
}

/** Seconds for the node, and the same moment for the reader; the gate refuses two that differ. */
function moment(seconds: number): readonly [string, string] {
  return [String(seconds), new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')];
}

function written(word: string): string {
  return word === ''
    ? "''"
    : Array.from(bytesOf(word), (byte) => sign(byte, /[\w./:=,@+%^~#*?&;|(){}[\]<>$-]/)).join('');
}

/** A text as lines `KEY PIECE`; none for an empty text. */
function text(key: string, whole: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const byte of bytesOf(whole)) {
    piece += byte === 0x0a ? '\\n' : sign(byte, /[\x20-\x7e]/);
    if (byte !== 0x0a && piece.length < PIECE) continue;
    pieces.push(piece);
    piece = '';
  }
  if (piece !== '') pieces.push(piece);
  // A space at the end of a line is lost where people copy it.
  return pieces.map((one) => `${key} ${one.replace(/ $/, '\\0040')}`);
}

/** An exclamation mark is octal too: interactive shells look for their history behind it, in a here-document as well. */
function sign(byte: number, plain: RegExp): string {
  const character = String.fromCharCode(byte);
  if (character === '\\') return '\\\\';
  return character !== '!' && plain.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`;
}

function bytesOf(words: string): Uint8Array {
  if (words.includes('\0')) throw new TypeError('an order cannot carry a NUL character');
  if (!words.isWellFormed()) throw new TypeError('an order cannot carry half a surrogate pair');
  return new TextEncoder().encode(words);
}
