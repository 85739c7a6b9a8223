import { createHash } from 'node:crypto';

/** Whether a host key is the node's; `because` is one clause for the person. */
export type HostKeyVerdict = { readonly trusted: true } | { readonly trusted: false; readonly because: string };

/** Knows which host keys are the nodes'. Every connection asks it before anything else is sent. */
export interface HostKeys {
  /** `key` is the public key blob as it came in the key exchange (RFC 4253, 6.6). */
  judge(host: { readonly node: string; readonly address: string; readonly port: number }, key: Buffer): HostKeyVerdict;
  /** Types of the keys known for the host, so that the server is asked for one of them; empty: any type will do. */
  types(host: { readonly node: string; readonly address: string; readonly port: number }): readonly string[];
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type named inside a public key blob, `ssh-ed25519`; `null` when the blob does not begin with a name. */
export function keyType(key: Buffer): string | null {
  if (key.length < 4) return null;
  const length = key.readUInt32BE(0);
  const name = key.subarray(4, 4 + length).toString('latin1');
  return length <= 64 && name.length === length && /^[a-z0-9@.-]+$/.test(name) ? name : null;
}

/**
 * Host keys pinned by node name, one fingerprint or several. A node that is not named is refused.
 * Throws TypeError when something is no `SHA256:` fingerprint.
 */
export function pinnedHostKeys(pins: Readonly<Record<string, string | readonly string[]>>): HostKeys {
  const known = new Map(Object.entries(pins).map(([node, pin]) => [node, typeof pin === 'string' ? [pin] : pin]));
  for (const [node, pin] of known) {
    const wrong = pin.find((text) => !/^SHA256:[A-Za-z0-9+/]{43}$/.test(text));
    if (wrong !== undefined || pin.length === 0) {
      throw new TypeError(`the host key of ${node} must be a fingerprint like SHA256:…, not ${JSON.stringify(wrong)}`);
    }
  }
  return {
    judge({ node }, key) {
      const shown = fingerprint(key);
      const pin = known.get(node);
      if (pin === undefined) {
        return { trusted: false, because: `its host key ${shown} is unknown: none is pinned for ${node}` };
      }
      if (pin.includes(shown)) return { trusted: true };
      return { trusted: false, because: `it showed the host key ${shown}, but ${pin.join(' or ')} is pinned` };
    },
    types: () => [],
  };
}
