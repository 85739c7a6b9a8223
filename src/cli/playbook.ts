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
