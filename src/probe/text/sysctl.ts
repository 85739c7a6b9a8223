import { linesOf, refuse } from './lines.ts';

/** One setting as `sysctl` prints it. */
export interface Setting {
  /** Dots between the parts; a dot within a part, as in a VLAN's name, is printed as `/`. */
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

const LINE = /^([^ ]+) =(?: (.*))?$/;

/** `name = value` lines of procps-ng 3.3 to 4.x. Throws Unparsable at any other line. */
export function settingsOf(text: string): Setting[] {
  return linesOf(text).map((line) => {
    const [, name = '', value = ''] = LINE.exec(line) ?? refuse('not a sysctl line', line);
    return { name, value, line };
  });
}

/** `net.ipv4.conf.eth0/100.forwarding`: the form in which `sysctl` prints a name written with slashes. */
export function printedName(name: string): string {
  const separator = /[./]/.exec(name)?.[0];
  if (separator !== '/') return name;
  return name.replaceAll(/[./]/g, (character) => (character === '/' ? '.' : '/'));
}
