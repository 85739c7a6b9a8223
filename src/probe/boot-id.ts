// The kernel draws a random UUID at every boot: https://man7.org/linux/man-pages/man4/random.4.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

/** The id of this boot; another one means that the node restarted. */
export const bootId = probe({
  id: 'boot-id',
  reads: 'the boot id',
  cheap: true,
  argv: () => ['cat', '/proc/sys/kernel/random/boot_id'],
  parse: (text) => {
    const [id = '', ...more] = linesOf(text);
    const known = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) && more.length === 0;
    return known ? { id } : refuse('not a boot id', text);
  },
});
