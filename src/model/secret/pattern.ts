import type { SecretKind } from './kinds.ts';
import { IS, OPEN, START, VALUE } from './value.ts';

/** How a secret on one line is known. The first group stays; the rest of what is matched is cut. */
export interface SecretPattern {
  readonly kind: SecretKind;
  readonly pattern: RegExp;
}

const of = (kind: SecretKind, source: string, flags = 'g'): SecretPattern => ({
  kind,
  pattern: new RegExp(source, flags),
});

/** By the form of the secret itself: prefixes that their makers chose so that they are found. */
const alone = (kind: SecretKind, source: string): SecretPattern => of(kind, `(${START})(?:${source})`);

/** By the name before it. */
const named = (kind: SecretKind, names: string): SecretPattern =>
  of(kind, String.raw`((?:${names})(?:[_-]?\d{1,3})?${IS}${OPEN})${VALUE}`, 'gi');

/** By a word before it and white space between. */
const after = (kind: SecretKind, words: string): SecretPattern =>
  of(kind, String.raw`((?:${words})[ \t]{1,16}${OPEN})${VALUE}`, 'gi');

const B64 = '[A-Za-z0-9+/]';
/** In JSON, and in JSON that is a string of JSON. */
const QUOTE = String.raw`\\{0,7}"`;
const WORD = String.raw`[^ \t\r\n]{1,128}`;

/** In the order in which they are looked for: what is known exactly before what is known by its name alone. */
export const PATTERNS: readonly SecretPattern[] = [
  // https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
  of('kubeconfig', String.raw`(client-(?:key|certificate)-data${IS}${OPEN})(?!\[cut: )[A-Za-z0-9+/=]+`, 'gi'),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  alone('aws-key', String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])`),
  named(
    'cloud-credential',
    'secret_?access_?key|aws_?session_?token|security_?token|x-amz-(?:signature|credential|security-token)',
  ),
  alone('cloud-credential', String.raw`ya29\.[A-Za-z0-9_-]{20,}`),
  of('cloud-credential', String.raw`([?&;]sig=)[A-Za-z0-9%+/=_-]{20,}`),
  // https://datatracker.ietf.org/doc/html/rfc7235#section-4.2
  of(
    'authorization',
    String.raw`(authorization${IS}${OPEN}(?:basic|bearer|digest|token|negotiate|ntlm|apikey|aws4-hmac-sha256)[ \t]{1,8})(?!\[cut: )[^"'\\\r\n]+`,
    'gi',
  ),
  of('authorization', String.raw`((?<![A-Za-z])bearer[ \t]{1,8})[A-Za-z0-9._~+/-]{16,}=*`, 'gi'),
  // https://datatracker.ietf.org/doc/html/rfc7519
  alone('jwt', String.raw`eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?`),
  // https://docs.slack.dev/authentication/tokens
  alone('slack-token', String.raw`(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8,}`),
  of('slack-token', String.raw`(hooks\.slack\.com/(?:services|workflows|triggers)/)[A-Za-z0-9/_-]{8,}`),
  // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
  alone('github-token', String.raw`gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}`),
  alone(
    'service-token',
    String.raw`gl[a-z]{2,6}-[A-Za-z0-9_-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|sk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,}|` +
      String.raw`AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}|` +
      String.raw`hv[sbr]\.[A-Za-z0-9_-]{20,}|do[opr]_v1_[0-9a-f]{40,}|hf_[A-Za-z0-9]{30,}|dckr_pat_[A-Za-z0-9_-]{20,}|` +
      String.raw`AGE-SECRET-KEY-1[A-Z0-9]{20,}`,
  ),
  // https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1
  of('url-password', String.raw`(://[^ \t\r\n:@/?#"'\\]{0,128}:)(?!\[cut: )[^ \t\r\n@/?#"'\\]{1,256}(?=@)`),
  named('connection-string', String.raw`account_?key|shared_?access_?(?:key|signature)|(?<=;[ \t]{0,4})pwd`),
  // https://github.com/docker/cli/blob/master/cli/config/configfile/file.go
  of('docker-auth', String.raw`("auth\\?"[ \t]{0,4}:[ \t]{0,4}\\?")[A-Za-z0-9+/_-]{8,}=*(?=\\?")`),
  named('docker-auth', '(?:identity|registry)token'),
  of('cookie', String.raw`((?<![A-Za-z])(?:set-)?cookie:[ \t]{0,8})(?!\[cut: )[^ \t\r\n"'\\][^\r\n"'\\]*`, 'gi'),
  // https://man7.org/linux/man-pages/man5/crypt.5.html
  of(
    'password-hash',
    String.raw`()\$(?:apr1|argon2(?:id?|d)|pbkdf2[a-z0-9-]{0,16}|scrypt|sha1|2[abxy]?|[1567]|g?y)\$[^ \t\r\n\0:"'\\,]{8,}`,
  ),
  of(
    'password-hash',
    String.raw`(\{(?:S?SHA(?:-?\d{3})?|S?MD5|CRYPT|PBKDF2[A-Z0-9-]{0,12})\})[A-Za-z0-9+/=$.]{8,}`,
    'gi',
  ),
  // https://git.zx2c4.com/wireguard-tools/about/src/man/wg.8
  of('wireguard-key', String.raw`((?:private|preshared)[ _]?key${IS})${B64}{43}=`, 'gi'),
  of(
    'wireguard-key',
    String.raw`((?:^|\t))${B64}{43}=(?=\t(?:${B64}{43}=|\(none\))\t\d{1,5}\t(?:off|0x[0-9a-f]{1,8})(?:[\r\n]|$))`,
    'gim',
  ),
  of('wireguard-key', String.raw`(${START}${B64}{43}=\t)${B64}{43}=(?=\t)`, 'gm'),
  // https://man7.org/linux/man-pages/man8/ip-xfrm.8.html and https://man7.org/linux/man-pages/man5/ipsec.secrets.5.html
  of(
    'ipsec-key',
    String.raw`((?<![\w-])(?:auth|auth-trunc|enc|aead|comp)[ \t]{1,8}[^ \t\r\n]{1,60}[ \t]{1,8})0x[0-9a-f]{8,}`,
    'gi',
  ),
  after('ipsec-key', String.raw`:[ \t]{0,4}(?:PSK|XAUTH|EAP|NTLM)`),
  named('wifi-key', String.raw`(?<![A-Za-z])(?:wpa[_-]?)?psk|sae_password|wep[_-]key|wpa_passphrase`),
  after(
    'snmp-community',
    String.raw`(?<![\w-])(?:r[ow]community6?|trapcommunity|snmp-server[ \t]{1,8}community|com2sec6?[ \t]{1,8}${WORD}[ \t]{1,8}${WORD})`,
  ),
  after('snmp-community', String.raw`(?<![\w-])snmp[a-z]{2,12}[ \t]{1,8}(?:-v[ \t]{0,4}[12]c?[ \t]{1,8})-c`),
  // https://docs.frrouting.org/en/latest/bgp.html and https://www.keepalived.org/manpage.html
  after(
    'routing-password',
    String.raw`neighbor[ \t]{1,8}${WORD}[ \t]{1,8}password(?:[ \t]{1,4}[078])?|key-string|authentication-key(?:[ \t]{1,4}[078])?|` +
      String.raw`message-digest-key[ \t]{1,4}\d{1,3}[ \t]{1,4}md5|(?<![\w-])auth_pass|enable[ \t]{1,4}(?:secret|password)(?:[ \t]{1,4}\d)?|` +
      String.raw`username[ \t]{1,8}${WORD}[ \t]{1,8}(?:secret|password)(?:[ \t]{1,4}\d)?`,
  ),
  // https://docs.kernel.org/networking/ip-sysctl.html
  named('kernel-secret', 'tcp_fastopen_key|stable_secret'),
  named('api-key', '(?:api|access|auth|account|private|encryption|signing|master|license|service|secret)[_-]?key'),
  after('api-key', '--(?:api|access|private|secret|encryption)-?key'),
  named('token', 'token'),
  after('token', '--(?:[a-z]{2,20}-){0,3}token'),
  named('secret', '(?:client|app|shared|api|auth|webhook|signing|consumer|cookie|hmac)?[_-]?secret'),
  after('secret', '--(?:[a-z]{2,20}-){0,3}secret'),
  of(
    'password',
    String.raw`("name${QUOTE}:[ \t]?${QUOTE}[^"\\\r\n]{0,128}(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key)[^"\\\r\n]{0,32}${QUOTE},[ \t]?${QUOTE}value${QUOTE}:[ \t]?${QUOTE})${VALUE}`,
    'gi',
  ),
  named('password', String.raw`password|passwd|passphrase|passcode|(?<![A-Za-z])pass|MYSQL_PWD`),
  after(
    'password',
    String.raw`--(?:[a-z]{2,20}-){0,3}(?:password|passwd|passphrase|pass)|sshpass[ \t]{1,4}-p|login[ \t]{1,8}${WORD}[ \t]{1,8}password`,
  ),
  of(
    'password',
    String.raw`((?<![\w-])(?:curl|wget)(?=[ \t])[^\r\n]{0,200}?[ \t](?:-u|--user)[ \t=]{0,4}["']?[^ \t\r\n:"']{1,64}:)(?!\[cut: )[^ \t\r\n"']+`,
  ),
];
