/** A device and what it stands on. */
export interface NamedDevice {
  readonly device: string;
  /** The lower device, `ifN` for one in another namespace, `NONE`; `null` without any. */
  readonly parent: string | null;
}

/**
 * Cuts the names of one listing of `ip link`, `name@parent` or `name`, in its order. A name may hold an `@` itself: it is cut only
 * where the part after the last `@` can be a device, and a name that another device has already stays whole.
 */
export function namedDevices(printed: readonly string[]): NamedDevice[] {
  const known = new Set(printed.flatMap((name) => [name, beforeAt(name)]));
  const taken = new Set(printed.filter((name) => !name.includes('@')));
  return printed.map((name) => {
    const device = beforeAt(name);
    const parent = name.slice(device.length + 1);
    if (device === '' || taken.has(device) || !(known.has(parent) || /^(if\d+|NONE)$/.test(parent))) {
      return { device: name, parent: null };
    }
    taken.add(device);
    return { device, parent };
  });
}

function beforeAt(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('@')));
}
