/** Names that the kernel takes for an interface, as bytes in Latin-1: at most 15, no slash, no white space. */
export const NAMES: readonly string[] = [
  '$(id)',
  ';id>x',
  '`id`',
  '|id',
  '&id',
  '>x',
  '-z',
  '--help',
  '-',
  '<!channel>',
  '<@U123ABC456>',
  '<!here>',
  'x.evil.com',
  '*',
  '?',
  '[a]',
  '{a,b}',
  '~',
  '!1',
  '#a',
  '%s%n',
  '"',
  "'",
  'a\\b',
  'x\\',
  '=x',
  'a,b',
  '__proto__',
  'constructor',
  '\u001b[31mred',
  '\u0007bell',
  '\u00e2\u0080\u00aeevil',
  '\u00ff\u00fe\u00fd',
  'z\u00e2\u0080\u008b',
  '\u00f0\u009f\u0098\u0080',
  'eth0@z9',
];

/** A name of any length and a description: both are shown by `ip link`. */
export const ALTNAME = '<!channel>|<https_evil?x=1|click>$(id)';
export const ALIAS = '`id`;<!channel>\u001b]0;x\u0007 password=hunter2hunter2';

/** For `printf %b` in bash: every byte by its number, so that no name is anything but data on the way there. */
export function escaped(bytes: string): string {
  return Array.from(Buffer.from(bytes, 'latin1'), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
