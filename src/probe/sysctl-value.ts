// One kernel setting; with slashes in its name a device may hold a dot (`net/ipv4/conf/eth0.100/forwarding`):
// https://man7.org/linux/man-pages/man8/sysctl.8.html
import type { Setting } from './text/sysctl.ts';
import { settingsOf } from './text/sysctl.ts';
import { probe } from './probe.ts';
import { refuse } from './text/lines.ts';

/** The value of setting `name`, exactly as the kernel gives it. A setting that does not exist is the gap `not-installed`. */
export const sysctlValue = probe<{ readonly name: string }, Setting>({
  id: 'sysctl-value',
  reads: 'a kernel setting',
  cheap: false,
  argv: ({ name }) => ['sysctl', name],
  parse: (text) => {
    const [setting, ...more] = settingsOf(text);
    if (setting === undefined || more.length > 0) return refuse('not exactly one setting', text);
    return setting;
  },
});
