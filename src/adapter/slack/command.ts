import { clip, inert } from './view/clean.ts';
import { say } from './words.ts';

/** What somebody typed after `/netdiag`. */
export type Command =
  /** Nothing: which node, then? `help` is for the case that nothing can be asked. */
  | { readonly is: 'ask'; readonly help: string }
  | { readonly is: 'list' }
  | { readonly is: 'node'; readonly node: string }
  /** Stop all changes, or allow them again. */
  | { readonly is: 'switch'; readonly stop: boolean; readonly reason: string }
  /** Help, or one sentence why it is no command. */
  | { readonly is: 'say'; readonly sentence: string };

/** RFC 1123 subdomain, as Kubernetes demands of node names; at most 253 characters. */
const nodeName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const longestName = 253;

/** Reads the text of the slash command: one node name, `list`, `help` or nothing, else one sentence why not. */
export function readCommand(text: string): Command {
  const words = text
    .trim()
    .replace(/^`(.*)`$/s, '$1')
    .split(/\s+/u)
    .filter((word) => word !== '');
  const [word] = words;
  if (word === undefined) return { is: 'ask', help: say.command.help };
  if (['help', '--help', '-h', '?'].includes(word)) return { is: 'say', sentence: say.command.help };
  if (words.length === 1 && ['list', 'status'].includes(word)) return { is: 'list' };
  if (word === 'stop-changes' || word === 'allow-changes')
    return { is: 'switch', stop: word === 'stop-changes', reason: clip(words.slice(1).join(' '), 200, inert) };
  if (words.length > 1) return refused(say.command.tooMany(words.length, quoted(text)));
  if (word.length > longestName) {
    return refused(say.command.tooLong(quoted(word), word.length));
  }
  if (!nodeName.test(word)) {
    return refused(say.command.noName(quoted(word)));
  }
  return { is: 'node', node: word };
}

function refused(sentence: string): Command {
  return { is: 'say', sentence };
}

/** The words as they were typed, short enough to be shown again; the view keeps them inert. */
function quoted(words: string): string {
  return `\`${clip(words.replaceAll('`', "'"), 80, inert)}\``;
}
