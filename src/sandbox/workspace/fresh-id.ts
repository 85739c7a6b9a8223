import { randomBytes, randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A new id in Slack's form: a leading letter for the kind, then ten capitals or digits. */
export function freshId(kind: string): string {
  let id = kind;
  for (let i = 0; i < 10; i += 1) id += letters[randomInt(letters.length)] ?? '0';
  return id;
}

/** A secret for an address, a token or a ticket: 48 hexadecimal digits. */
export function freshSecret(): string {
  return randomBytes(24).toString('hex');
}

/** A short id such as Slack gives to a block or an element that came without one. */
export function freshBlockId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}
