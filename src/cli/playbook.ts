import { complaintLine, readPlaybooks } from './house.ts';

/** `netdiag playbook lint [DIRECTORY]`: every mistake with its place; 0 when there is none, else 2. */
export function playbookLint(directory: string, say: (line: string) => void): number {
  const { playbooks, complaints } = readPlaybooks(directory);
  for (const complaint of complaints) say(complaintLine(complaint));
  if (complaints.length > 0) return 2;
  say(`${playbooks.length} playbooks, no mistakes: ${playbooks.map(({ file }) => file.id).join(', ')}`);
  return 0;
}
