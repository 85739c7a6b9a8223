import type { KnownNode } from '../../model/index.ts';

const word = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g;

/**
 * Names of nodes in some words, in their order, each once: only names that a node has, in full, or the first label of one
 * (`ip-10-0-10-207` of `ip-10-0-10-207.ec2.internal`) where no other node has it too.
 */
export function nodesNamedIn(words: string, nodes: readonly KnownNode[]): readonly string[] {
  const names = new Set(nodes.map(({ name }) => name));
  const short = new Map<string, string[]>();
  for (const name of names) {
    const label = name.split('.', 1)[0] ?? name;
    short.set(label, [...(short.get(label) ?? []), name]);
  }
  const found = new Set<string>();
  for (const [one] of words.toLowerCase().matchAll(word)) {
    const [only, ...others] = short.get(one) ?? [];
    if (names.has(one)) found.add(one);
    else if (only !== undefined && others.length === 0) found.add(only);
  }
  return [...found];
}
