import { SIGNATURE_NAMESPACE } from './order.ts';

/** No line of an order is this word. */
const END = 'END-OF-ORDER';

/**
 * What an approver pastes into a terminal of sh, bash or zsh: it prints the armored signature under exactly this order and leaves
 * no file behind. The here-document is quoted, so the shell expands nothing in it; an order holds nothing else that a terminal or a
 * shell would act on. For a hardware key the person puts that key's file in the place of `~/.ssh/id_ed25519`. Throws TypeError for
 * a text that no `orderOf` made.
 */
export function signCommand(order: string): string {
  if (!/^netdiag order 1\n([\x20\x22-\x7e]+\n)+end\n$/.test(order) || order.includes(`\n${END}\n`)) {
    throw new TypeError('that is no order');
  }
  return `ssh-keygen -Y sign -f ~/.ssh/id_ed25519 -n ${SIGNATURE_NAMESPACE} <<'${END}'\n${order}${END}\n`;
}
