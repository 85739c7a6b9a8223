import { createHmac, timingSafeEqual } from 'node:crypto';
import { fingerprint, keyType, type HostKeys, type HostKeyVerdict } from './host-keys.ts';

interface Entry {
  readonly marker: 'key' | 'revoked' | 'authority';
  readonly matches: (host: string) => boolean;
  readonly key: Buffer;
  readonly type: string;
}

/**
 * Host keys from the text of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain, hashed and `[host]:port`
 * hosts, wildcards, negation, several keys for one host, `@revoked`. A node is looked up by its name; only when the file
 * has no key under that name, by the address. `@cert-authority` lines cannot be honoured, because ssh2 knows no
 * certificates: they are skipped and named in the refusal. Throws TypeError with the line number for a line that is none.
 */
export function knownHosts(text: string): HostKeys {
  const entries = text.split(/\r?\n/).flatMap((line, index) => {
    const entry = parseLine(line, index + 1);
    return entry === null ? [] : [entry];
  });
  const under = (host: string) => entries.filter((entry) => entry.matches(host));
  const usable = (found: readonly Entry[]) => found.filter((entry) => entry.marker === 'key');
  const relevant = (node: string, address: string, port: number) => {
    const named = under(lookupName(node, port));
    const addressed = under(lookupName(address, port));
    return { trusted: usable(usable(named).length > 0 ? named : addressed), all: [...named, ...addressed] };
  };
  return {
    judge({ node, address, port }, key): HostKeyVerdict {
      const shown = fingerprint(key);
      const { trusted, all } = relevant(node, address, port);
      const refused = (because: string): HostKeyVerdict => ({ trusted: false, because });
      if (all.some((entry) => entry.marker === 'revoked' && entry.key.equals(key))) {
        return refused(`its host key ${shown} is marked @revoked in known_hosts`);
      }
      if (trusted.some((entry) => entry.key.equals(key))) return { trusted: true };
      if (trusted.length > 0) {
        const expected = [...new Set(trusted.map((entry) => fingerprint(entry.key)))].join(' or ');
        return refused(`it showed the host key ${shown}, but known_hosts says ${expected}`);
      }
      if (all.some((entry) => entry.marker === 'authority')) {
        return refused(`its host key ${shown} is unknown: known_hosts names only a certificate authority for it`);
      }
      return refused(`its host key ${shown} is unknown: known_hosts has no line for it`);
    },
    types: ({ node, address, port }) => relevant(node, address, port).trusted.map((entry) => entry.type),
  };
}

/** OpenSSH keeps a host on another port under a name of its own, `[host]:port`. */
function lookupName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function parseLine(line: string, number: number): Entry | null {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const words = trimmed.split(/[ \t]+/);
  const refuse = (why: string): never => {
    throw new TypeError(`line ${number} of known_hosts ${why}`);
  };
  let marker: Entry['marker'] = 'key';
  if (words[0]?.startsWith('@')) {
    const name = words.shift();
    if (name === '@revoked') marker = 'revoked';
    else if (name === '@cert-authority') marker = 'authority';
    else refuse(`has the unknown marker ${JSON.stringify(name)}`);
  }
  const [hosts, type, blob] = words;
  if (hosts === undefined || type === undefined || blob === undefined) return refuse('is not "hosts type key"');
  const key = Buffer.from(blob, 'base64');
  if (keyType(key) !== type) refuse(`does not hold the ${JSON.stringify(type)} key that it announces`);
  const matches = hosts.startsWith('|') ? hashed(hosts) : patterns(hosts.toLowerCase().split(','));
  return { marker, type, key, matches: matches ?? refuse('has a hashed host that is not |1|salt|hash') };
}

function hashed(field: string): ((host: string) => boolean) | null {
  const [, kind, salt, hash] = field.split('|');
  if (kind !== '1' || salt === undefined || hash === undefined) return null;
  const expected = Buffer.from(hash, 'base64');
  if (expected.length !== 20) return null;
  const secret = Buffer.from(salt, 'base64');
  return (host) => timingSafeEqual(createHmac('sha1', secret).update(host).digest(), expected);
}

/** A negated pattern that matches wins over every other one. */
function patterns(list: readonly string[]): (host: string) => boolean {
  const wanted = list.filter((pattern) => !pattern.startsWith('!')).map(glob);
  const unwanted = list.filter((pattern) => pattern.startsWith('!')).map((pattern) => glob(pattern.slice(1)));
  return (host) => wanted.some((one) => one.test(host)) && !unwanted.some((one) => one.test(host));
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.+()|{}[\]]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
