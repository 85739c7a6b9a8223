import type { iptablesMangle } from '../../probe/index.ts';

type Mangle = ReturnType<typeof iptablesMangle.parse>;

/**
 * The mark that an answer bears when it comes from a pod and its connection came in by `uplink`: connections are marked there, and
 * packets that come in by the pod's device get the mark of theirs. `null` where the rules do not do both.
 */
export function restoredMark({ rules }: Mangle, uplink: string, pod: string): string | null {
  const marks = rules.filter(({ chain, target }) => chain === 'PREROUTING' && target === 'CONNMARK');
  const set = marks.find(({ words }) => words.includes('--set-xmark') && matches(after(words, '-i'), uplink));
  const restored = marks.some(({ words }) => words.includes('--restore-mark') && matches(after(words, '-i'), pod));
  const [value] = (set === undefined ? undefined : after(set.words, '--set-xmark'))?.split('/') ?? [];
  return restored && value !== undefined && /^0x[0-9a-f]{1,8}$/.test(value) ? value : null;
}

function after(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 || words[at - 1] === '!' ? undefined : words[at + 1];
}

/** `eni+` stands for every device whose name begins with `eni`; a rule that names none is not asked. */
function matches(pattern: string | undefined, device: string): boolean {
  if (pattern === undefined) return false;
  return pattern.endsWith('+') ? device.startsWith(pattern.slice(0, -1)) : pattern === device;
}
