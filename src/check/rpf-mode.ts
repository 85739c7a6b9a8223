import type { sysctlIpv4 } from '../probe/index.ts';

/** Reverse path filtering as the kernel applies it. */
export type RpfMode = 'off' | 'strict' | 'loose';

type Sysctls = ReturnType<typeof sysctlIpv4.parse>;

/** Effective mode of a device: the larger of `conf.all` and the device's own value. */
export function rpfMode(sysctls: Sysctls, device: string): RpfMode {
  const digit = (name: string): number => Number(sysctls.devices[name]?.['rp_filter'] ?? 0);
  const mode = Math.max(digit('all'), digit(device));
  if (mode === 0) return 'off';
  return mode === 1 ? 'strict' : 'loose';
}
