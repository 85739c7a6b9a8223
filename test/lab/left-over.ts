import { readdirSync, readFileSync } from 'node:fs';

/** Command lines of this machine's processes that mention the directory: nothing may, once its lab is gone. */
export function processesNaming(directory: string): string[] {
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine);
  return lines.filter((line) => line.includes(directory));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
