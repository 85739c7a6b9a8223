// Whichever network manager is active writes addresses, routes and settings again at its next start. `show` answers with exit 0
// for units that do not exist, too (systemd 219 and later): https://www.freedesktop.org/software/systemd/man/latest/systemctl.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface Service {
  /** `NetworkManager.service`. */
  readonly unit: string;
  readonly installed: boolean;
  readonly active: boolean;
  /** `enabled`, `disabled`, `static`, `masked`; empty where there is no unit file. */
  readonly atBoot: string;
  /** The exact `ActiveState=` line. */
  readonly line: string;
}

const UNITS = [
  'NetworkManager.service',
  'systemd-networkd.service',
  'networking.service',
  'network.service',
  'wicked.service',
  'dhcpcd.service',
  'nm-cloud-setup.service',
  'cloud-init.service',
  'firewalld.service',
  'nftables.service',
  'ufw.service',
  'systemd-resolved.service',
  'systemd-sysctl.service',
] as const;

/** Units that configure the network or the packet filter. Where systemd does not run: the gap `not-installed`. */
export const services = probe({
  id: 'services',
  reads: 'which network services run',
  cheap: true,
  argv: () => [
    'systemctl',
    'show',
    '-p',
    'Id',
    '-p',
    'LoadState',
    '-p',
    'ActiveState',
    '-p',
    'UnitFileState',
    ...UNITS,
  ],
  parse: (text) => {
    const units = text.split(/\n{2,}/).filter((block) => block.trim() !== '');
    if (units.length === 0) refuse('no unit', text);
    return { services: units.map(serviceOf) };
  },
});

function serviceOf(block: string): Service {
  const said = new Map<string, string>();
  let decisive = '';
  for (const line of linesOf(block)) {
    const [, name = '', value = ''] =
      /^(Id|LoadState|ActiveState|UnitFileState)=([^ ]*)$/.exec(line) ?? refuse('not a property', line);
    said.set(name, value);
    if (name === 'ActiveState') decisive = line;
  }
  const unit = said.get('Id') ?? refuse('a unit without its name', block);
  const state = said.get('ActiveState') ?? refuse('a unit without its state', block);
  return {
    unit,
    installed: said.get('LoadState') !== 'not-found',
    active: state === 'active' || state === 'reloading' || state === 'activating',
    atBoot: said.get('UnitFileState') ?? '',
    line: decisive,
  };
}
