import fc from 'fast-check';
import type { SecretKind } from '../../../src/model/secret/kinds.ts';

/** A way in which a secret stands in a text. */
export interface Planted {
  readonly kind: SecretKind;
  /** What may not be left anywhere. */
  readonly secrets: readonly string[];
  readonly text: string;
}

const of = (characters: string, length: number, most = length) =>
  fc.array(fc.constantFrom(...characters.split('')), { minLength: length, maxLength: most }).map((all) => all.join(''));
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const alnum = (length: number, most?: number) => of(ALNUM, length, most);
const base64 = (length: number) => of(`${ALNUM}+/`, length);
const hex = (length: number) => of('0123456789abcdef', length);
/** Passwords as people choose them; never one that says of itself that it is none. */
const password = fc.tuple(of(`${ALNUM}!#%*+-.@^_~?`, 7, 20), of('0123456789', 1)).map(([a, b]) => `q${a}${b}`);

const plant = (kind: SecretKind, secret: fc.Arbitrary<string>, ...texts: ((secret: string) => string)[]) =>
  fc
    .tuple(secret, fc.constantFrom(...texts))
    .map(([one, text]): Planted => ({ kind, secrets: [one], text: text(one) }));
const keyBlock = (kind: SecretKind, label: string, around: (lines: readonly string[]) => string) =>
  fc.tuple(fc.array(base64(64), { minLength: 2, maxLength: 20 }), alnum(20, 60)).map(([body, last]): Planted => ({
    kind,
    secrets: [...body, last],
    text: around([`-----BEGIN ${label}-----`, ...body, last, `-----END ${label}-----`]),
  }));

/** Every kind that SAFETY and the issue name, in the forms in which logs, configurations and command lines have them. */
export const CORPUS: readonly (readonly [string, fc.Arbitrary<Planted>])[] = [
  ['a private key in PEM', keyBlock('private-key', 'RSA PRIVATE KEY', (lines) => lines.join('\n'))],
  [
    'one that is indented, with Windows ends',
    keyBlock('private-key', 'PRIVATE KEY', (lines) => lines.map((line) => `    ${line}\r`).join('\n')),
  ],
  [
    'one in a log, with dates',
    keyBlock('private-key', 'EC PRIVATE KEY', (lines) =>
      lines.map((line) => `Nov 20 10:00:00 node app[1]: ${line}`).join('\n'),
    ),
  ],
  [
    'one in a JSON string',
    keyBlock('private-key', 'PRIVATE KEY', (lines) => JSON.stringify({ key: lines.join('\n') })),
  ],
  ['one that is cut off', keyBlock('private-key', 'PGP PRIVATE KEY BLOCK', (lines) => lines.slice(0, -1).join('\n'))],
  ['an SSH key', keyBlock('ssh-private-key', 'OPENSSH PRIVATE KEY', (lines) => lines.join('\n'))],
  [
    'a PuTTY key',
    plant(
      'private-key',
      base64(64),
      (one) => `PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n${one}\nPrivate-MAC: x`,
    ),
  ],
  [
    'a kubeconfig',
    plant(
      'kubeconfig',
      base64(200),
      (one) => `    client-key-data: ${one}`,
      (one) => `{"client-certificate-data":"${one}"}`,
    ),
  ],
  [
    'a Secret of Kubernetes',
    plant(
      'kubernetes-secret',
      base64(24),
      (one) => `apiVersion: v1\ndata:\n  tls.crt: ${one}\nkind: Secret\nmetadata:\n  name: x`,
      (one) => `{\n    "apiVersion": "v1",\n    "data": {\n        "a": "${one}"\n    },\n    "kind": "Secret"\n}`,
      (one) => `{"apiVersion":"v1","data":{"a":"${one}"},"kind":"Secret","metadata":{"name":"x"}}`,
      (one) => `kind: Secret\nstringData:\n  file: |\n    ${one}\n    more`,
    ),
  ],
  [
    'an AWS key id',
    plant(
      'aws-key',
      of(UPPER, 16).map((one) => `AKIA${one}`),
      (one) => `key ${one} was used`,
      (one) => `"AccessKeyId" : "${one}"`,
    ),
  ],
  [
    'credentials of a metadata service',
    plant(
      'cloud-credential',
      base64(40),
      (one) => `  "SecretAccessKey" : "${one}",`,
      (one) => `aws_secret_access_key = ${one}`,
      (one) => `AWS_SESSION_TOKEN=${one}`,
      (one) => `export AWS_SECRET_ACCESS_KEY='${one}'`,
      (one) => `GET /?X-Amz-Signature=${one}`,
    ),
  ],
  [
    'a token of Google',
    plant(
      'cloud-credential',
      alnum(60).map((one) => `ya29.${one}`),
      (one) => `got ${one}`,
    ),
  ],
  [
    'a signed address of Azure',
    plant('cloud-credential', base64(43), (one) => `https://x.blob.core.windows.net/a?sv=1&sig=${one}`),
  ],
  [
    'an Authorization header',
    plant(
      'authorization',
      alnum(20, 80),
      (one) => `> Authorization: Bearer ${one}`,
      (one) => `authorization: Basic ${one}==`,
      (one) => `curl -H "Authorization: token ${one}" https://x`,
      (one) => `{"Authorization":"Digest ${one}"}`,
      (one) => `sent bearer ${one}`,
    ),
  ],
  [
    'a JWT',
    plant(
      'jwt',
      fc.tuple(alnum(20), alnum(40), alnum(43)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
      (one) => `claims ${one} expired`,
      (one) => `"${one}"`,
    ),
  ],
  [
    'a token of Slack',
    plant(
      'slack-token',
      alnum(24).map((one) => `xoxb-1234567890-${one}`),
      (one) => `SLACK=${one}`,
      (one) => `started with ${one}.`,
    ),
  ],
  ['a hook of Slack', plant('slack-token', alnum(24), (one) => `https://hooks.slack.com/services/T0/B0/${one}`)],
  [
    'a token of GitHub',
    plant(
      'github-token',
      alnum(36).map((one) => `ghp_${one}`),
      (one) => `git clone https://${one}@github.com/x`,
      (one) => one,
    ),
  ],
  [
    'a token of another service',
    plant(
      'service-token',
      alnum(40),
      (one) => `glpat-${one}`,
      (one) => `using sk_live_${one}`,
      (one) => `hvs.${one}`,
      (one) => `npm_${one}`,
    ),
  ],
  [
    'a password in an address',
    plant(
      'url-password',
      password.map((one) => one.replaceAll(/[@?#/]/g, 'x')),
      (one) => `postgres://app:${one}@db:5432/x`,
      (one) => `proxy http://u:${one}@10.0.0.1:3128`,
      (one) => `redis://:${one}@cache`,
    ),
  ],
  [
    'a connection string',
    plant(
      'connection-string',
      base64(44),
      (one) => `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${one}==;Suffix=y`,
      (one) => `Server=x;Uid=u;Pwd=${one}`,
    ),
  ],
  [
    'a login of Docker',
    plant(
      'docker-auth',
      base64(32),
      (one) => `{"auths":{"r.io":{"auth":"${one}"}}}`,
      (one) => `"identitytoken": "${one}"`,
    ),
  ],
  [
    'a cookie',
    plant(
      'cookie',
      alnum(20, 60),
      (one) => `Cookie: a=b; session=${one}`,
      (one) => `< Set-Cookie: sid=${one}; Path=/; HttpOnly`,
    ),
  ],
  [
    'a hashed password',
    plant(
      'password-hash',
      alnum(30),
      (one) => `root:$6$salt$${one}:19000:0:99999:7:::`,
      (one) => `admin:$apr1$abcdefgh$${one}`,
      (one) => `u:$2y$05$${one}`,
      (one) => `u:{SSHA}${one}`,
    ),
  ],
  [
    'a key of WireGuard',
    plant(
      'wireguard-key',
      base64(43).map((one) => `${one}=`),
      (one) => `PrivateKey = ${one}`,
      (one) => `PresharedKey = ${one}`,
      (one) => `  private key: ${one}`,
      (one) => `wg0\t${one}\t${'P'.repeat(43)}=\t51820\toff`,
      (one) => `${'P'.repeat(43)}=\t${one}\t10.0.0.1:51820\t10.1.0.0/24\t0\t0\t0\toff`,
    ),
  ],
  [
    'a key of IPsec',
    plant(
      'ipsec-key',
      hex(40).map((one) => `0x${one}`),
      (one) => `\tauth-trunc hmac(sha256) ${one} 128`,
      (one) => `\tenc cbc(aes) ${one}`,
      (one) => `\taead rfc4106(gcm(aes)) ${one} 128`,
      (one) => `10.0.0.1 10.0.0.2 : PSK "${one}"`,
    ),
  ],
  [
    'a key of a WLAN',
    plant(
      'wifi-key',
      password,
      (one) => `    psk="${one}"`,
      (one) => `wpa_passphrase=${one}`,
      (one) => `802-11-wireless-security.psk: ${one}`,
    ),
  ],
  [
    'an SNMP community',
    plant(
      'snmp-community',
      alnum(8, 20),
      (one) => `rocommunity ${one} 10.0.0.0/8`,
      (one) => `com2sec notConfigUser default ${one}`,
      (one) => `snmpwalk -v2c -c ${one} 10.0.0.1`,
      (one) => `snmp-server community ${one} RO`,
    ),
  ],
  [
    'a password of a routing protocol',
    plant(
      'routing-password',
      alnum(8, 20),
      (one) => ` neighbor 10.0.0.1 password ${one}`,
      (one) => `  key-string ${one}`,
      (one) => ` ip ospf message-digest-key 1 md5 ${one}`,
      (one) => `    auth_pass ${one}`,
    ),
  ],
  [
    'a secret of the kernel',
    plant(
      'kernel-secret',
      hex(32),
      (one) => `net.ipv4.tcp_fastopen_key = ${one}`,
      (one) => `net.ipv6.conf.eth0.stable_secret = ${one}`,
    ),
  ],
  [
    'a key of an API',
    plant(
      'api-key',
      alnum(16, 40),
      (one) => `X-API-Key: ${one}`,
      (one) => `api_key="${one}"`,
      (one) => `{"apiKey":"${one}","x":1}`,
      (one) => `--api-key ${one}`,
      (one) => `encryption-key: ${one}`,
    ),
  ],
  [
    'a token by its name',
    plant(
      'token',
      alnum(12, 40),
      (one) => `--token=${one}`,
      (one) => `kubeadm join --token ${one}`,
      (one) => `token: ${one}`,
      (one) => `VAULT_TOKEN=${one}`,
      (one) => `BOT_TOKEN_2='${one}'`,
    ),
  ],
  [
    'a secret by its name',
    plant(
      'secret',
      alnum(12, 40),
      (one) => `client_secret=${one}&x=y`,
      (one) => `"sharedSecret": "${one}"`,
      (one) => `--oidc-client-secret ${one}`,
    ),
  ],
  [
    'a password by its name',
    plant(
      'password',
      password,
      (one) => `DB_PASSWORD=${one}`,
      (one) => `password: "${one}"`,
      (one) => `{"password":"${one}","user":"x"}`,
      (one) => `mysql --password ${one} -h x`,
      (one) => `sshpass -p ${one} ssh x`,
      (one) => `machine x login y password ${one}`,
      (one) => `        - name: REDIS_PASSWORD\n          value: ${one}`,
      (one) => `{"env":[{"name":"DB_PASSWORD","value":"${one}"}]}`,
      (one) => JSON.stringify({ line: `{"password":"${one}"}` }),
      (one) => `PATH=/bin\0DB_PASSWORD=${one}\0HOME=/`,
      (one) => `curl -s -u admin:${one} https://x`,
    ),
  ],
];
