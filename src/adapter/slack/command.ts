import { clip, inert } from './view/clean.ts';

/** What somebody typed after `/netdiag`. */
export type Command =
  /** Nothing: which node, then? `help` is for the case that nothing can be asked. */
  | { readonly is: 'ask'; readonly help: string }
  | { readonly is: 'list' }
  | { readonly is: 'node'; readonly node: string }
  /** Help, or one sentence why it is no command. */
  | { readonly is: 'say'; readonly sentence: string };

export const help =
  '`/netdiag NODE` looks at the network of that Kubernetes node and of a healthy one beside it, asks what you see, and ' +
  'shows the cause with its proof in a thread. It changes nothing before somebody other than you has approved the exact ' +
  'commands. `/netdiag` alone asks which node, `/netdiag list` shows what is open, `/netdiag help` shows this. In a thread, ' +
  'where commands do not work: `@netdiag NODE`.';

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
  if (word === undefined) return { is: 'ask', help };
  if (['help', '--help', '-h', '?'].includes(word)) return { is: 'say', sentence: help };
  if (words.length === 1 && ['list', 'status'].includes(word)) return { is: 'list' };
  if (words.length > 1) return refused(`netdiag takes one node name, not ${words.length} words: ${quoted(text)}.`);
  if (word.length > longestName) {
    return refused(
      `${quoted(word)} is not a node name: it has ${word.length} characters, and a node name at most 253.`,
    );
  }
  if (!nodeName.test(word)) {
    return refused(
      `${quoted(word)} is not a node name: those have lower-case letters, digits, \`-\` and \`.\`, and begin and end ` +
        'with a letter or digit. `kubectl get nodes` lists them.',
    );
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
