import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { must } from './command.ts';

/** A key pair on disk: `file` is the private key (OpenSSH format), `line` the public key as `ssh-ed25519 AAAA…`. */
export interface KeyPair {
  file: string;
  line: string;
  /** As `ssh-keygen -l` prints it: `SHA256:` and unpadded base64. */
  fingerprint: string;
}

/** Makes an ed25519 key pair `file`, `file.pub` without a passphrase. */
export async function makeKeyPair(file: string, comment: string): Promise<KeyPair> {
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
  return readKeyPair(file);
}

/** Reads a pair that `makeKeyPair` made. */
export function readKeyPair(file: string): KeyPair {
  const [type, blob] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  if (!type || !blob) throw new Error(`${file}.pub is no OpenSSH public key`);
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  return { file, line: `${type} ${blob}`, fingerprint: `SHA256:${digest}` };
}

/** A certificate and its key, both PEM files. */
export interface Certificate {
  certFile: string;
  keyFile: string;
}

const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A self-signed certificate for the given addresses; `authority` makes it one that may sign others. */
export async function selfSigned(
  base: string,
  name: string,
  addresses: readonly string[],
  authority = false,
): Promise<Certificate> {
  const certificate = { certFile: `${base}.crt`, keyFile: `${base}.key` };
  const extensions = [
    ...(addresses.length > 0 ? ['-addext', `subjectAltName=${alternativeNames(name, addresses)}`] : []),
    ...(authority ? ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'] : []),
  ];
  const subject = ['-days', '30', '-subj', `/CN=${name}`];
  const files = ['-keyout', certificate.keyFile, '-out', certificate.certFile];
  await must(['openssl', 'req', '-x509', ...ecKey, ...subject, ...files, ...extensions]);
  return certificate;
}

/** A serving certificate for the addresses, signed by the authority. */
export async function signedBy(
  authority: Certificate,
  base: string,
  name: string,
  addresses: readonly string[],
): Promise<Certificate> {
  const certificate = { certFile: `${base}.crt`, keyFile: `${base}.key` };
  await must([
    'openssl',
    'req',
    ...ecKey,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    certificate.keyFile,
    '-out',
    `${base}.csr`,
  ]);
  await writeFile(
    `${base}.ext`,
    `subjectAltName=${alternativeNames(name, addresses)}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  );
  const signer = ['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-days', '30'];
  const files = ['-in', `${base}.csr`, '-extfile', `${base}.ext`, '-out', certificate.certFile];
  await must(['openssl', 'x509', '-req', ...signer, ...files]);
  return certificate;
}

function alternativeNames(name: string, addresses: readonly string[]): string {
  return [`DNS:${name}`, ...addresses.map((address) => `IP:${address}`)].join(',');
}
