// The machine id stays for the life of an installation: 32 hexadecimal digits.
// https://www.freedesktop.org/software/systemd/man/latest/machine-id.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

/** The node's machine id. */
export const machineId = probe({
  id: 'machine-id',
  reads: 'the machine id',
  cheap: true,
  argv: () => ['cat', '/etc/machine-id'],
  parse: (text) => {
    const [id = '', ...more] = linesOf(text);
    return /^[\da-f]{32}$/.test(id) && more.length === 0 ? { id } : refuse('not a machine id', text);
  },
});
