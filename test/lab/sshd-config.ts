/**
 * sshd_config of a lab node: keys only, root by key, `ops` by key; sessions and start-ups limited as OpenSSH limits them by
 * default (MaxSessions 10, MaxStartups 10:30:100, sshd_config(5)).
 */
export function sshdConfig(extra: readonly string[] = []): string {
  return [
    ...extra,
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'PidFile /run/sshd.pid',
    'AuthorizedKeysFile /etc/ssh/authorized_keys/%u',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'AcceptEnv LANG LC_*',
    '',
  ].join('\n');
}
