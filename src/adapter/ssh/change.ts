import type { ChangeRequest, LedgerEntry, Output } from '../../model/index.ts';
import type { Command } from '../../port.ts';
import { planScript } from './plan-script.ts';
import { said } from './said.ts';
import { script } from './script.ts';

const scripts = ['environment', 'ledger', 'node-state', 'change'].map(script).join('');
const opening = `${scripts}fix=$1 bytes=$3
bring() { cat >fix; }
whole() { [ "$(wc -c <fix)" -eq "$bytes" ]; }
begin "$2"
`;
const question = `${scripts}fix=$1\nconsult "$2"\n`;
/** What the detached processes run: `sh ./fix work ID`, `sh ./fix guard ID`. */
const entrance = 'fix=$2\ncd "$ledger/$fix" || exit 1\ncase $1 in\nwork) work ;;\nguard) guard "${3-}" ;;\nesac\n';

/** Above the 100 s that the node waits for an end before it tells what it has. */
const deadlineMs = 130_000;

export type Run = (commands: readonly Command[]) => Promise<readonly Output[]>;
/** What the ledger may be asked. */
export type LedgerVerb = 'status' | 'confirm' | 'roll-back';

/**
 * Starts a change under the node's ledger and waits for its end there. A fix id that the node knows is not started again:
 * its entry comes back. `begun` with a sentence means that the end is unknown, because the connection was lost or the node
 * did not tell in time; the node then finishes or restores itself, and its ledger knows.
 */
export async function startChange(run: Run, request: ChangeRequest, gated: boolean): Promise<LedgerEntry> {
  const { fix } = request;
  const refused = (detail: string): LedgerEntry => ({ fix, state: 'refused', detail, difference: [] });
  if (!isFix(fix)) return refused('The fix id is not one that can name a ledger entry; nothing was changed.');
  if (!/^[0-9A-Za-z:-]{1,128}$/.test(request.planHash)) return refused('The plan hash is none; nothing was changed.');
  let begin: Command;
  try {
    begin = gated ? orderTo(request) : scriptTo(request);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refused(`The plan cannot be sent (${error.message}); nothing was changed.`);
  }
  const output = (await run([begin]))[0];
  if (output?.gap === 'denied' || output?.gap === 'not-installed') {
    return refused(`The node did not let netdiag start the change (${output.gap}); nothing was changed.`);
  }
  return entryOf(fix, output) ?? unknownEnd(fix, output);
}

/** The plan as scripts of ours, for a node where netdiag holds a shell. */
function scriptTo(request: ChangeRequest): Command {
  const file = Buffer.from(`${scripts}${planScript(request)}${entrance}`);
  const words = [request.fix, request.planHash, String(file.length)];
  return { argv: ['sh', '-c', opening, 'netdiag', ...words], stdin: file, deadlineMs };
}

/** The plan as its approvers signed it, for a node whose gate executes that and nothing else. */
function orderTo({ order, signatures = [] }: ChangeRequest): Command {
  if (order === undefined || signatures.length === 0) {
    throw new TypeError("the node's gate demands signatures under the plan's order, and there are none");
  }
  const signed = signatures.map((signature) => `${signature.trim()}\n`).join('');
  return { argv: ['netdiag', 'order'], stdin: Buffer.from(`${order}${signed}`), deadlineMs };
}

/** Asks the ledger. `null`: the node does not know the fix id. `begun` with a sentence: the node could not be asked. */
export async function askLedger(run: Run, fix: string, verb: LedgerVerb, gated: boolean): Promise<LedgerEntry | null> {
  if (!isFix(fix)) return null;
  const argv: Command['argv'] = gated ? ['netdiag', 'ledger', fix, verb] : ['sh', '-c', question, 'netdiag', fix, verb];
  const output = (await run([{ argv, deadlineMs }]))[0];
  const entry = entryOf(fix, output);
  return entry === undefined ? unknownEnd(fix, output) : entry;
}

/** A fix id becomes a directory name and a word of a command line. */
function isFix(fix: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(fix);
}

const states = new Set<string>([
  'begun',
  'armed',
  'refused',
  'applied',
  'failed',
  'confirmed',
  'rolled-back',
] satisfies LedgerEntry['state'][]);

function isState(word: string | undefined): word is LedgerEntry['state'] {
  return word !== undefined && states.has(word);
}

/** `undefined` when the output is no ledger's. */
function entryOf(fix: string, output: Output | undefined): LedgerEntry | null | undefined {
  if (output === undefined || output.gap !== undefined || output.exit !== 0) return undefined;
  const [head, state, detail, ...difference] = new TextDecoder().decode(output.stdout).split('\n');
  if (head !== 'netdiag-ledger 1') return undefined;
  if (state === 'unknown') return null;
  if (!isState(state)) return undefined;
  return {
    fix,
    state,
    detail: said(detail ?? '', 1000),
    difference: difference
      .filter((line) => /^[-+]/.test(line))
      .map((line) => `${line[0] ?? ''}${said(line.slice(1), 400)}`),
  };
}

/** What is known of a fix that the node could not be asked about. */
export function unknownEnd(fix: string, output: Output | undefined): LedgerEntry {
  const why =
    output?.gap === 'unreachable'
      ? 'The connection was lost before the node told the end'
      : 'The node did not tell the end';
  const detail = `${why}; it finishes or restores itself, and its ledger will say which.`;
  return { fix, state: 'begun', detail, difference: [] };
}
