/** What a cut secret was. */
export type SecretKind = (typeof KINDS)[number];

/** Every kind that is known. The mark in a text is `[cut: KIND]`. */
export const KINDS = [
  'private-key',
  'ssh-private-key',
  'kubeconfig',
  'kubernetes-secret',
  'aws-key',
  'cloud-credential',
  'authorization',
  'jwt',
  'slack-token',
  'github-token',
  'service-token',
  'url-password',
  'connection-string',
  'docker-auth',
  'cookie',
  'password-hash',
  'wireguard-key',
  'ipsec-key',
  'wifi-key',
  'snmp-community',
  'routing-password',
  'kernel-secret',
  'api-key',
  'token',
  'secret',
  'password',
] as const;

export function mark(kind: SecretKind): string {
  return `[cut: ${kind}]`;
}
