/** https://www.iana.org/assignments/dns-parameters#dns-parameters-6 */
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'FORMERR'],
  [2, 'SERVFAIL'],
  [4, 'NOTIMP'],
  [5, 'REFUSED'],
  [9, 'NOTAUTH'],
]);

/** How a DNS server's error is called. */
export function rcodeName(rcode: number): string {
  return NAMES.get(rcode) ?? `error ${rcode}`;
}
