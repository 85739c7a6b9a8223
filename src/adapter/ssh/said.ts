/**
 * What somebody else said, fit for a sentence of ours: control, bidirectional and zero-width characters and line ends become
 * spaces, at most `limit` characters.
 */
export function said(text: string, limit = 200): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ').trim();
  return plain.length <= limit ? plain : `${plain.slice(0, limit - 1).trimEnd()}…`;
}
