import { cutBlocks } from './block.ts';
import { KINDS, mark, type SecretKind } from './kinds.ts';
import { PATTERNS } from './pattern.ts';

/** A text without the secrets that were found in it, and which kinds those were, each once. */
export interface Redacted {
  readonly text: string;
  readonly cut: readonly SecretKind[];
}

/** Every line with a secret on it, or at an end of one, has one of these. Most texts of nodes have none. */
const HINT =
  /pass|pwd|secret|token|key|auth|cookie|psk|communit|com2sec|bearer|credential|certificate-data|eyj|a[ksbc]ia|acca|xox|xapp-|hooks\.slack|gh[opsur]_|github_pat|gl[a-z]{2,6}-|_live_|_test_|sk-|aiza|npm_|pypi-|sg\.|hv[sbr]\.|_v1_|hf_|dckr_|ya29|sig=|\/\/[^ \t\r\n/@]{0,400}@|\$[0-9a-z-]{1,24}\$|\{(?:s?sha|s?md5|crypt|pbkdf2)|=\t|[\t ](?:enc|aead|comp)[\t ]|xauth|[\t ](?:eap|ntlm)[\t ]|wep_|snmp|curl|wget|x-amz|private-lines|secret/i;

/**
 * Cuts secrets out of somebody's text and leaves `[cut: KIND]` where they were. Lines stay as many and in their order; a text without
 * secrets comes back as it is, and a second time cuts nothing more. Takes time in proportion to the length, whatever the text. What is
 * no secret by its form or by the name before it cannot be known; addresses, ids and hashes are never taken for one.
 */
export function redact(text: string): Redacted {
  const found = new Set<SecretKind>();
  let left = text;
  for (let pass = 0; pass < PASSES && HINT.test(left); pass += 1) {
    const before = left;
    left = cutOnce(before, found);
    if (left === before) break;
  }
  return { text: left, cut: KINDS.filter((kind) => found.has(kind)) };
}

/** What is cut may have stood in the way of something else; nothing was seen that took more than two. */
const PASSES = 4;

function cutOnce(text: string, found: Set<SecretKind>): string {
  const lines = text.split('\n');
  cutBlocks(lines, (kind) => found.add(kind));
  cutLines(lines, found);
  return lines.join('\n');
}

/** No pattern crosses a line, so all lines that may hold a secret are looked at in one go: many short ones cost no more than a long one. */
function cutLines(lines: string[], found: Set<SecretKind>): void {
  const places = [...lines.keys()].filter((at) => HINT.test(lines[at] ?? ''));
  let left = places.map((at) => lines[at]).join('\n');
  for (const { kind, pattern } of PATTERNS) {
    left = left.replace(pattern, (_, keep: string) => {
      found.add(kind);
      return `${keep}${mark(kind)}`;
    });
  }
  const cut = left.split('\n');
  for (const [nth, at] of places.entries()) lines[at] = cut[nth] ?? '';
}

/** The same for bytes, of whatever encoding: what is not cut stays byte for byte. */
export function redactBytes(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly cut: readonly SecretKind[] } {
  const { text, cut } = redact(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  return cut.length === 0 ? { bytes, cut } : { bytes: new Uint8Array(Buffer.from(text, 'latin1')), cut };
}
