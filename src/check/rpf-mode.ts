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
