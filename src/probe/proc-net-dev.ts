// `/proc/net/dev` counts packets, errors and drops of every device, one line each after two lines of headings:
// https://man7.org/linux/man-pages/man5/proc_net.5.html
import { probe } from './probe.ts';
import { linesOf, refuse, wholeNumber, wordsOf } from './text/lines.ts';

/** One direction of one device; counts since the device was made. */
export interface Traffic {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

export interface DeviceTraffic {
  readonly device: string;
  readonly received: Traffic;
  readonly sent: Traffic;
  readonly line: string;
}

const HEADINGS = [
  /^Inter-\| +Receive +\| +Transmit$/,
  /^ face \|bytes +packets errs drop .*\|bytes +packets errs drop /,
];

/** Every device of the network namespace. */
export const procNetDev = probe({
  id: 'proc-net-dev',
  reads: 'the packet counters of the devices',
  cheap: true,
  argv: () => ['cat', '/proc/net/dev'],
  parse: (text) => {
    const lines = linesOf(text);
    for (const [index, heading] of HEADINGS.entries()) {
      if (!heading.test(lines[index] ?? '')) refuse('unknown headings', lines[index] ?? '');
    }
    return { devices: lines.slice(2).map(deviceTraffic) };
  },
});

function deviceTraffic(line: string): DeviceTraffic {
  const [, device = '', rest = ''] = /^ *([^ :]+):(.*)$/.exec(line) ?? refuse('not a device', line);
  const numbers = wordsOf(rest).map((word) => wholeNumber(word, line));
  if (numbers.length !== 16) return refuse('not sixteen counters', line);
  return { device, received: traffic(numbers), sent: traffic(numbers.slice(8)), line };
}

function traffic([bytes = 0, packets = 0, errors = 0, dropped = 0]: readonly number[]): Traffic {
  return { bytes, packets, errors, dropped };
}
