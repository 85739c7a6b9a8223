import type { sysctlIpv4 } from '../probe/index.ts';

/** Reverse path filtering as the kernel applies it. */
export type RpfMode = 'off' | 'strict' | 'loose';

type Sysctls = ReturnType<typeof sysctlIpv4.parse>;

/** Effective mode of a device: the larger of `conf.all` and the device's own value. `null` where either was not read. */
export function rpfMode(sysctls: Sysctls, device: string): RpfMode | null {
  const all = sysctls.devices['all']?.['rp_filter'];
  const own = sysctls.devices[device]?.['rp_filter'];
  if (all === undefined || own === undefined) return null;
  const mode = Math.max(Number(all), Number(own));
  if (mode === 0) return 'off';
  return mode === 1 ? 'strict' : 'loose';
}

/** The printed setting that decides the mode of a device: `conf.all` where that is larger. `undefined` where it was not read. */
export function rpfLine(sysctls: Sysctls, device: string): string | undefined {
  const value = (name: string): number => Number(sysctls.devices[name]?.['rp_filter'] ?? 0);
  return sysctls.lines[`${value('all') > value(device) ? 'all' : device}.rp_filter`];
}
