/** IPv4 text to a number; `null` for anything but four decimal octets without leading zeros. */
function number(address: string): number | null {
  const octets = address.split('.');
  if (octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = value * 256 + Number(octet);
  }
  return value;
}

/** The IPv4 network that holds `address` at this prefix length: `10.0.10.0/24`. Throws RangeError on other text. */
export function network(address: string, prefix: number): string {
  const value = number(address);
  if (value === null || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) {
    throw new RangeError(`${address}/${prefix} is not an IPv4 network`);
  }
  const size = 2 ** (32 - prefix);
  const base = Math.floor(value / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${prefix}`;
}

/** Whether an IPv4 network in the form `10.0.10.0/24` holds the address. False for anything that is not IPv4. */
export function contains(cidr: string, address: string): boolean {
  const [, length] = cidr.split('/');
  return number(address) !== null && length !== undefined && network(address, Number(length)) === cidr;
}
