// A new connection is dropped when the table of tracked connections holds `nf_conntrack_max` entries:
// https://docs.kernel.org/networking/nf_conntrack-sysctl.html
import { cleanText, probe } from './probe.ts';
import { linesOf, refuse, wholeNumber } from './text/lines.ts';
import { settingsOf } from './text/sysctl.ts';

export interface ConntrackFill {
  /** False where the kernel tracks no connections; count and max are then 0. */
  readonly loaded: boolean;
  readonly count: number;
  readonly max: number;
  /** Both settings, or the sentence that they do not exist. */
  readonly line: string;
}

const COUNT = 'net.netfilter.nf_conntrack_count';
const MAX = 'net.netfilter.nf_conntrack_max';
const ABSENT = /^sysctl: cannot stat \/proc\/sys\/net\/netfilter\/nf_conntrack_(count|max): No such file or directory$/;

/** How full the table of tracked connections is. */
export const sysctlConntrack = probe({
  id: 'sysctl-conntrack',
  reads: 'how full connection tracking is',
  cheap: true,
  exits: [0, 1, 255],
  argv: () => ['sysctl', COUNT, MAX],
  parse: (text, output): ConntrackFill => {
    const settings = settingsOf(text);
    const complaints = linesOf(cleanText(output.stderr));
    const [first = ''] = complaints;
    if (settings.length === 0 && complaints.length === 2 && complaints.every((line) => ABSENT.test(line))) {
      return { loaded: false, count: 0, max: 0, line: first };
    }
    const [count, max, ...more] = settings;
    if (count?.name !== COUNT || max?.name !== MAX || more.length > 0)
      return refuse('not both settings', text || first);
    return {
      loaded: true,
      count: wholeNumber(count.value, count.line),
      max: wholeNumber(max.value, max.line),
      line: `${count.line}; ${max.line}`,
    };
  },
});
