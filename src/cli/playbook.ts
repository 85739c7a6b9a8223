import { graph } from '../playbook/index.ts';
import { complaintLine, readPlaybooks } from './house.ts';

/** `netdiag playbook lint [DIRECTORY]`: every mistake with its place; 0 when there are playbooks and no mistake, else 2. */
export function playbookLint(directory: string, say: (line: string) => void): number {
  try {
    return lint(directory, say);
  } catch (error) {
    say(`Playbooks cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}

/**
 * `netdiag playbook graph [ID]`: one playbook, or all of them, as a page with drawings that GitHub and others show; 0, or 2 where
 * there is none of that name or they have mistakes.
 */
export function playbookGraph(directory: string, id: string | undefined, say: (line: string) => void): number {
  const { playbooks, complaints } = readPlaybooks(directory);
  for (const complaint of complaints) say(complaintLine(complaint));
  if (complaints.length > 0) return 2;
  const chosen = playbooks.filter(({ file }) => id === undefined || file.id === id);
  if (chosen.length === 0) {
    say(`No playbook is called ${JSON.stringify(id)}; there are ${playbooks.map(({ file }) => file.id).join(', ')}.`);
    return 2;
  }
  const pages = chosen.map(
    (one) => `## ${one.file.button}\n\n${one.file.symptom}\n\n\`\`\`mermaid\n${graph(one)}\`\`\``,
  );
  say(`# Playbooks\n\nDrawn by \`netdiag playbook graph\`.\n\n${pages.join('\n\n')}`);
  return 0;
}

function lint(directory: string, say: (line: string) => void): number {
  const { playbooks, complaints } = readPlaybooks(directory);
  for (const complaint of complaints) say(complaintLine(complaint));
  if (complaints.length > 0) return 2;
  if (playbooks.length === 0) {
    say(`There is no playbook (*.yml) in ${directory}.`);
    return 2;
  }
  say(`${playbooks.length} playbooks, no mistakes: ${playbooks.map(({ file }) => file.id).join(', ')}`);
  return 0;
}
