/** `14:03 UTC`: people of one channel sit in several zones. */
export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}
