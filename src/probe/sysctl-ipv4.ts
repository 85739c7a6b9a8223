// `ip_forward` and the per-device IPv4 settings; the effective `rp_filter` of a device is the larger of `all` and its own:
// https://docs.kernel.org/networking/ip-sysctl.html
import { cleanText, probe } from './probe.ts';
import { emptyRecord, linesOf, refuse, wholeNumber } from './text/lines.ts';
import { settingsOf } from './text/sysctl.ts';

export interface Ipv4Settings {
  readonly ipForward: number;
  /** Settings by device, `all` and `default` included. Names come from the node: look them up with Object.hasOwn. */
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Exact lines: `ip_forward`, and `DEVICE.rp_filter`, `DEVICE.forwarding` of every device. */
  readonly lines: Readonly<Record<string, string>>;
}

const NAME = /^net\.ipv4\.conf\.(.+)\.([a-z\d_]+)$/;

/** All of `net.ipv4.conf` and `ip_forward` in one process. Keys that root may not read are left out by sysctl, with exit 1 or 255. */
export const sysctlIpv4 = probe({
  id: 'sysctl-ipv4',
  reads: 'the IPv4 settings of the kernel',
  cheap: true,
  exits: [0, 1, 255],
  argv: () => ['sysctl', '-a', '--pattern', '^net\\.ipv4\\.(ip_forward$|conf\\.)'],
  parse: (text, output): Ipv4Settings => {
    const devices = emptyRecord<Record<string, string>>();
    const lines = emptyRecord<string>();
    let ipForward: number | null = null;
    for (const { name, value, line } of settingsOf(text)) {
      if (name === 'net.ipv4.ip_forward') {
        ipForward = wholeNumber(value, line);
        lines['ip_forward'] = line;
        continue;
      }
      const [, printed = '', key = ''] = NAME.exec(name) ?? refuse('a setting that was not asked for', line);
      const device = printed.replaceAll('/', '.');
      (devices[device] ??= emptyRecord<string>())[key] = value;
      if (key === 'rp_filter' || key === 'forwarding') lines[`${device}.${key}`] = line;
    }
    if (ipForward === null) return refuse('no net.ipv4.ip_forward', linesOf(cleanText(output.stderr))[0] ?? '');
    return { ipForward, devices, lines };
  },
});
