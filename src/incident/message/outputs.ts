import { sha256 } from '../../model/hash.ts';
import type { Attachment, Digest, Finding, IncidentState, Line, WholeOutput } from '../../model/index.ts';

/** Characters of whole outputs in one card, and of each: what is longer is a file. */
const TOGETHER = 2400;
const EACH = 900;
/** Most files for one diagnosis; what is longer still is in the bundle. */
const FILES = 10;
/** Characters of a command in the name of its file. */
const LONGEST = 48;

/** An output with the bytes that it was kept as. */
interface Kept {
  readonly shown: WholeOutput;
  readonly output: Digest;
}

/** What the commands behind a finding gave back as a whole, each once, where that is more than the line in its evidence. */
export function wholeOutputs(state: IncidentState, finding: Finding): readonly WholeOutput[] {
  return kept(state, finding).map(({ shown }) => shown);
}

/** The long ones of all findings that the diagnosis has, as files with their command on top. */
export function outputFiles(state: IncidentState): readonly Attachment[] {
  const files = new Map<string, Attachment>();
  for (const finding of state.findings)
    for (const { shown, output } of kept(state, finding)) {
      const { file, node, command } = shown;
      if (file !== null && files.size < FILES)
        files.set(file, {
          name: file,
          title: `${command} on ${node}`,
          output,
          heading: `# on ${node}\n# ${command}\n`,
        });
    }
  return [...files.values()];
}

function kept(state: IncidentState, { evidence }: Finding): readonly Kept[] {
  const lines = evidence.flatMap(({ subject, peer }) => (peer === undefined ? [subject] : [subject, peer]));
  const known = new Map<string, Kept>();
  let left = TOGETHER;
  for (const { node, command, line, output } of lines) {
    const name = JSON.stringify([node, command]);
    if (output === null || known.has(name)) continue;
    const text = textOf(state, { node, command, line, output });
    if (text !== null && (text === '' || text === line.trim())) continue;
    const short = text !== null && text.length <= Math.min(EACH, left);
    if (short) left -= text.length;
    const file = short ? null : fileName(node, command);
    known.set(name, { shown: { node, command, text: short ? text : null, file }, output });
  }
  return [...known.values()];
}

/** The answer's own text; `null` where it was too long to be kept in the state, or is no answer of the survey's. */
function textOf({ answers }: IncidentState, { node, command, output }: Line): string | null {
  const answer = Object.values(answers).find(
    (one) => one.node === node && one.command === command && one.output === output,
  );
  return answer?.text?.trim() ?? null;
}

/** Node and command as one name of a file: the end of a shell's script, which says most, the beginning of anything else. */
function fileName(node: string, command: string): string {
  const words = plain(command);
  const script = words.startsWith('sh-c-');
  const short = script ? words.slice(-LONGEST) : words.slice(0, LONGEST);
  const cut = short === words ? '' : `-${sha256(command).slice(0, 6)}`;
  return `${plain(node).slice(0, 40)}_${plain(short)}${cut}.txt`;
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9.]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
}
