/** Names that stand for all devices wherever the kernel's settings are written. */
const EVERY = new Set(['all', 'default']);

/**
 * Whether the name of a device may be written into a command or into the name of a setting. Names come from the node and may
 * hold anything but blanks and `/`; whatever could be taken for an option, a pattern or an assignment is refused.
 */
export function plainDevice(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(name) && !EVERY.has(name);
}

/** Whether a word that a node printed may be written into a command as it is. */
export function plainWord(word: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.:/-]*$/.test(word);
}

/** Why a plan does not write down a name that is not plain; it does not repeat it. */
export const NOT_PLAIN = 'an interface has a name that netdiag does not write into commands';
