import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/** Algorithms that may be negotiated, best first. */
export interface SshAlgorithms {
  readonly kex: KexAlgorithm[];
  readonly cipher: CipherAlgorithm[];
  readonly serverHostKey: ServerHostKeyAlgorithm[];
  readonly hmac: MacAlgorithm[];
}

/**
 * ssh2's defaults still offer chacha20-poly1305, which needs strict key exchange against Terrapin (CVE-2023-48795), and
 * SHA-1 signatures. AES-GCM is not affected and authenticates itself; the MACs are listed because the protocol wants a list.
 */
export const pinned: SshAlgorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
};

/** Signature algorithms that a host key of this type can make, best first; SHA-1 is not among them. */
export function signaturesOf(keyType: string): readonly string[] {
  return keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [keyType];
}
