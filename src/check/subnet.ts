import { Address4 } from 'ip-address';

/** The IPv4 network that holds `address` at this prefix length: `10.0.10.0/24`. Throws AddressError on other text. */
export function network(address: string, prefix: number): string {
  return `${new Address4(`${address}/${prefix}`).startAddress().correctForm()}/${prefix}`;
}

/** Whether a text is an IPv4 address. */
export function isAddress4(address: string): boolean {
  return Address4.isValid(address);
}

/** Whether an IPv4 network in the form `10.0.10.0/24` holds the address. False for anything that is not IPv4. */
export function contains(cidr: string, address: string): boolean {
  return Address4.isValid(cidr) && Address4.isValid(address) && new Address4(address).isInSubnet(new Address4(cidr));
}
