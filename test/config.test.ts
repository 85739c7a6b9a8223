import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, type Environment, type Need, readConfig } from '../src/config.ts';

const WHOLE = `
cluster:
  name: prod-east
ssh:
  user: netdiag
  privateKeyFile: /etc/netdiag/ssh/id_ed25519
  knownHostsFile: known_hosts
approval:
  approvers: [U012AB3CD, U0456EFGH]
journal:
  url: sqlite:/var/lib/netdiag/journal.db
`;
const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1234567890-abc', SLACK_APP_TOKEN: 'xapp-1-A0123-abc' };
const ENV = { ...SLACK, NETDIAG_CONFIG: '/etc/netdiag/netdiag.yml', KUBERNETES_SERVICE_HOST: '10.96.0.1' };
const FILES: Readonly<Record<string, string>> = {
  '/etc/netdiag/ssh/id_ed25519': '-----BEGIN OPENSSH PRIVATE KEY-----',
  '/etc/netdiag/known_hosts': '',
  '/etc/netdiag/kubeconfig': '{}',
  '/etc/netdiag/signers': '',
};

/** What is not configured of people. */
const NOBODY = { identities: [], signersFile: null, breakGlass: [] };

/** Reads a configuration whose file has this text; the other files are those of `FILES`. */
function read(text: string, env: Environment = ENV, need?: Need): Config {
  return readConfig(
    env,
    (path) => {
      const known = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
      const content = path === '/etc/netdiag/netdiag.yml' ? text : known;
      if (content === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      return content;
    },
    need,
  );
}

/** The problems of a configuration that is refused, one line each. */
function problems(text: string, env: Environment = ENV, need?: Need): readonly string[] {
  const error = outcome(text, env, need);
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${JSON.stringify(error)}`);
  expect(error.message.split('\n')).toHaveLength(error.problems.length + 1);
  expect(error.message).not.toMatch(/xoxp-|xoxb-1|xapp-1|PRIVATE|sesame/);
  return error.problems.map(({ setting, where, says }) => `${setting} (${where}): ${says}`);
}

/** What reading gives or throws. */
function outcome(text: string, env: Environment = ENV, need?: Need): unknown {
  try {
    return read(text, env, need);
  } catch (error) {
    return error;
  }
}

const changed = (from: string, to: string): string => {
  expect(WHOLE).toContain(from);
  return WHOLE.replace(from, to);
};

describe('a whole configuration', () => {
  it('is read with its defaults, paths made absolute from the file, and frozen', () => {
    const config = read(WHOLE);
    expect(config).toEqual({
      mode: 'serve',
      slack: { botToken: SLACK.SLACK_BOT_TOKEN, appToken: SLACK.SLACK_APP_TOKEN, http: null, apiUrl: null },
      cluster: { name: 'prod-east', kubeconfig: null, context: null, inCluster: true },
      ssh: {
        user: 'netdiag',
        privateKeyFile: '/etc/netdiag/ssh/id_ed25519',
        hostKeys: { from: 'known-hosts', file: '/etc/netdiag/known_hosts' },
        port: 22,
        nodes: {},
      },
      starters: null,
      approval: { approvers: ['U012AB3CD', 'U0456EFGH'], expiresMinutes: 15, ...NOBODY },
      journal: { url: 'sqlite:/var/lib/netdiag/journal.db' },
      audit: { checkpointFile: null, channel: null },
      channels: null,
    });
    expect(() => Object.assign(config, { mode: 'practice' })).toThrow(TypeError);
    expect(Object.values(config).every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('may pin host keys, name doors, people, channels and a context', () => {
    const config = read(`
cluster: {name: lab, kubeconfig: kubeconfig, context: lab-admin}
ssh:
  user: root
  privateKeyFile: ssh/id_ed25519
  hostKeys: {ip-10-0-10-207: "SHA256:${'a'.repeat(43)}"}
  port: 2222
  nodes: {ip-10-0-10-207: {address: 10.0.10.190}, other.node: {address: jump.example.com, port: 22}}
starters: [U012AB3CD]
approval: {approvers: [W0456EFGH], expiresMinutes: 60}
journal: {url: "sqlite:journal.db"}
audit: {checkpointFile: /mnt/witness/netdiag, channel: C012AB3CD}
channels: [C012AB3CD]
`);
    expect(config).toMatchObject({
      cluster: { kubeconfig: '/etc/netdiag/kubeconfig', context: 'lab-admin', inCluster: false },
      ssh: {
        hostKeys: { from: 'pinned', fingerprints: { 'ip-10-0-10-207': `SHA256:${'a'.repeat(43)}` } },
        port: 2222,
        nodes: {
          'ip-10-0-10-207': { address: '10.0.10.190', port: 2222 },
          'other.node': { address: 'jump.example.com', port: 22 },
        },
      },
      starters: ['U012AB3CD'],
      approval: { approvers: ['W0456EFGH'], expiresMinutes: 60 },
      journal: { url: 'sqlite:/etc/netdiag/journal.db' },
      channels: ['C012AB3CD'],
    });
  });

  it('takes KUBECONFIG where the file names none, and the file before it', () => {
    const env = { ...ENV, KUBECONFIG: '/a/config:/b/config' };
    expect(read(WHOLE, env)).toMatchObject({ cluster: { kubeconfig: '/a/config:/b/config', inCluster: false } });
    const own = changed('name: prod-east', 'name: prod-east\n  kubeconfig: kubeconfig');
    expect(read(own, env)).toMatchObject({ cluster: { kubeconfig: '/etc/netdiag/kubeconfig' } });
  });

  it('may send Slack to another address, encrypted or on loopback', () => {
    for (const url of ['https://slack.example.com/api/', 'http://127.0.0.1:8080/api/', 'http://[::1]:8080/api/']) {
      expect(read(WHOLE, { ...ENV, SLACK_API_URL: url })).toMatchObject({ slack: { apiUrl: url } });
    }
  });

  it('of the command line needs neither Slack, nor approvers, nor a journal', () => {
    const text = WHOLE.slice(0, WHOLE.indexOf('approval:'));
    const { NETDIAG_CONFIG, KUBERNETES_SERVICE_HOST } = ENV;
    expect(read(text, { NETDIAG_CONFIG, KUBERNETES_SERVICE_HOST }, { slack: false })).toMatchObject({
      slack: null,
      approval: { approvers: [], expiresMinutes: 15, ...NOBODY },
      journal: { url: 'sqlite::memory:' },
    });
  });
});

describe('HTTP in place of Socket Mode', () => {
  const { SLACK_APP_TOKEN: _, ...rest } = ENV;
  const SIGNED = { ...rest, SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef' };

  it('is chosen by a signing secret, on port 3000 or the one named', () => {
    const secret = SIGNED.SLACK_SIGNING_SECRET;
    expect(read(WHOLE, SIGNED)).toMatchObject({ slack: { appToken: '', http: { signingSecret: secret, port: 3000 } } });
    expect(read(WHOLE, { ...SIGNED, PORT: '8080' })).toMatchObject({ slack: { http: { port: 8080 } } });
    expect(read(WHOLE, { ...ENV, PORT: '8080' })).toMatchObject({ slack: { http: null } });
  });

  it.each([
    [{ ...SIGNED, PORT: '0' }, 'PORT (environment): found "0", expected a port, 1 to 65535'],
    [{ ...SIGNED, PORT: '$(id)' }, 'PORT (environment): found "$(id)", expected a port, 1 to 65535'],
    [
      { ...SIGNED, SLACK_SIGNING_SECRET: 'open sesame' },
      'SLACK_SIGNING_SECRET (environment): found something else (not shown), expected the signing secret of the app',
    ],
    [
      { ...ENV, ...SIGNED, SLACK_APP_TOKEN: SLACK.SLACK_APP_TOKEN },
      'SLACK_SIGNING_SECRET (environment): found beside SLACK_APP_TOKEN, expected one of the two: HTTP or Socket Mode',
    ],
    [
      { ...SIGNED, SLACK_SIGNING_SECRET: '0' },
      'SLACK_SIGNING_SECRET (environment): found something else (not shown), expected the signing secret of the app',
    ],
  ])('T1: %#: is refused in one sentence', (env, sentence) => {
    expect(problems(WHOLE, env)).toEqual([sentence]);
  });
});

it('approvers may be people and user groups', () => {
  const text = changed('[U012AB3CD, U0456EFGH]', '[U012AB3CD, S0456EFGH]');
  expect(read(text)).toMatchObject({ approval: { approvers: ['U012AB3CD', 'S0456EFGH'] } });
});

describe('people', () => {
  const PEOPLE = `  people:
    anna: {slack: [U012AB3CD, U0ANNA2], terminal: [anna], signers: [anna@example.com]}
    sam: {slack: [U0456EFGH]}
`;
  const withPeople = (more: string, people = PEOPLE): string =>
    changed('approvers: [U012AB3CD, U0456EFGH]\n', `approvers: [U012AB3CD, U0456EFGH, terminal:sam]\n${people}${more}`);
  const FILE = '  signersFile: signers\n';

  it('are one person under all their ids', () => {
    expect(read(withPeople(''))).toMatchObject({
      approval: {
        approvers: ['U012AB3CD', 'U0456EFGH', 'terminal:sam'],
        identities: [['U012AB3CD', 'U0ANNA2', 'terminal:anna', 'signer:anna@example.com'], ['U0456EFGH']],
        signersFile: null,
        breakGlass: [],
      },
    });
  });

  it('may sign, and some of them may approve alone', () => {
    expect(read(withPeople(`${FILE}  breakGlass: [U0ANNA2]\n`))).toMatchObject({
      approval: { signersFile: '/etc/netdiag/signers', breakGlass: ['U0ANNA2'] },
    });
  });

  it.each([
    ['', '  people: {anna: {slack: [U012AB3CD]}, sam: {slack: [U012AB3CD]}}\n', /people\.sam .*that of anna too/],
    ['', '  people: {anna: {terminal: [root]}}\n', /terminal\[0\] .*found "root", expected .*not root/],
    ['', '  people: {anna: {signers: ["-Oprint"]}}\n', /signers\[0\] .*a principal/],
    ['', '  people: {"An na": {}}\n', /the key is wrong/],
    ['  breakGlass: [U012AB3CD]\n', PEOPLE, /signersFile .*approving alone needs a signature/],
    [`${FILE}  breakGlass: [U0456EFGH]\n`, PEOPLE, /breakGlass\.0 .*who has signers/],
    [`${FILE}  breakGlass: [S0456EFGH]\n`, PEOPLE, /breakGlass\[0\] .*a Slack user id/],
    ['  signersFile: gone\n', PEOPLE, /signersFile .*does not exist/],
  ])('%#: what cannot be meant is refused', (more, people, says) => {
    expect(problems(withPeople(more, people)).join('\n')).toMatch(says);
  });
});

describe('practice', () => {
  const nothing = (): string => {
    throw new Error('no file may be looked at');
  };

  it.each([{}, { KUBECONFIG: '/root/.kube/config', SLACK_API_URL: 'x', HOME: '/root' }, { SLACK_BOT_TOKEN: ' ' }])(
    'is what a command that may practise gets when nothing is configured: %j',
    (env: Environment) => {
      expect(readConfig(env, nothing, { slack: true, practice: true })).toEqual({ mode: 'practice' });
    },
  );

  it.each([
    [{}, { slack: true }],
    [{}, { slack: false }],
    [{ SLACK_BOT_TOKEN: SLACK.SLACK_BOT_TOKEN }, { slack: true, practice: true }],
    [{ SLACK_APP_TOKEN: 'anything' }, { slack: true, practice: true }],
  ] as const)('is never a fallback: %j, %j', (env, need) => {
    expect(() => readConfig(env, nothing, need)).toThrow(/NETDIAG_CONFIG \(environment\): found nothing/);
  });

  it('is not what a missing file leads to', () => {
    const env = { NETDIAG_CONFIG: '/gone.yml' };
    expect(problems('', env, { slack: true, practice: true })).toContain(
      'NETDIAG_CONFIG (environment): found "/gone.yml", which does not exist',
    );
  });
});

describe('a wrong configuration', () => {
  it('names every wrong setting at once, with its place, what was found and what was expected', () => {
    const text = `cluster:
  nmae: prod
  name: "prod east"
ssh:
  user: root
  privateKeyFile: gone
  hostKeys: {A_node: x, a: "SHA256:short"}
  port: 70000
approval:
  approvers: [net-oncall]
  expiresMinutes: 90
jurnal: {url: x}
starters: U1
`;
    expect(problems(text, { NETDIAG_CONFIG: ENV.NETDIAG_CONFIG, SLACK_APP_TOKEN: 'xoxp-wrong' })).toEqual([
      'SLACK_BOT_TOKEN (environment): found nothing, expected a token xoxb-…',
      'SLACK_APP_TOKEN (environment): found something else (not shown), expected a token xapp-…',
      'cluster.name (netdiag.yml:3:3): found "prod east", expected a name of letters, digits, dots and dashes',
      'cluster.nmae (netdiag.yml:2:3): is not a setting; did you mean name?',
      'ssh.hostKeys.A_node (netdiag.yml:7:14): the key is wrong, expected the name of a node',
      'ssh.hostKeys.a (netdiag.yml:7:25): found "SHA256:short", expected a fingerprint as `ssh-keygen -lf` prints it, SHA256:…',
      'ssh.port (netdiag.yml:8:3): found 70000, expected a port, 1 to 65535',
      'starters (netdiag.yml:13:1): found "U1", expected a list of Slack user ids',
      'approval.approvers[0] (netdiag.yml:10:15): found "net-oncall", expected the Slack id of a user, such as U012AB3CD, or of a user group, such as S012AB3CD, or terminal:NAME',
      'approval.expiresMinutes (netdiag.yml:11:3): found 90, expected whole minutes, 1 to 60',
      'jurnal (netdiag.yml:12:1): is not a setting; did you mean journal?',
    ]);
  });

  it('names what only the whole can tell, also all at once', () => {
    const text = `cluster: {name: prod}
ssh: {user: root, privateKeyFile: gone, knownHostsFile: also-gone, hostKeys: {}}
approval: {approvers: [U012AB3CD]}
journal: {url: "postgres://netdiag:sesame@db/netdiag"}
`;
    expect(problems(text, { ...SLACK, NETDIAG_CONFIG: ENV.NETDIAG_CONFIG })).toEqual([
      'cluster.kubeconfig (netdiag.yml:1:1): found nothing, expected the path of a kubeconfig here or in KUBECONFIG, or a pod to run in',
      'ssh.privateKeyFile (netdiag.yml:2:19): found "gone", which does not exist',
      'ssh.hostKeys (netdiag.yml:2:68): found beside knownHostsFile, expected one of the two',
      'ssh.knownHostsFile (netdiag.yml:2:41): found "also-gone", which does not exist',
      'journal.url (netdiag.yml:4:11): found a PostgreSQL address, which this version cannot use yet; expected sqlite:PATH',
    ]);
  });

  it.each([
    ['  knownHostsFile: known_hosts\n', '', /ssh\.knownHostsFile .*never trusts a node's key at first sight/],
    ['  knownHostsFile: known_hosts\n', '  hostKeys: {}\n', /ssh\.knownHostsFile .*never trusts/],
    ['  name: prod-east', '  name: prod\n  context: x', /cluster\.context .*service account has no contexts/],
    ['sqlite:/var/lib/netdiag/journal.db', '"sqlite::memory:"', /journal\.url .*have to survive a restart/],
    ['sqlite:/var/lib/netdiag/journal.db', 'mysql://x', /journal\.url .*found "mysql:\/\/x", expected sqlite:PATH/],
    ['  approvers: [U012AB3CD, U0456EFGH]', '  approvers: []', /approval\.approvers .*an empty list.*at least one/],
    ['  user: netdiag', '  user: "-oProxyCommand=id"', /ssh\.user .*name of a user/],
    ['  user: netdiag', '  user: netdiag\n  nodes: {a: {address: "$(id)"}}', /ssh\.nodes\.a\.address .*IP address/],
    [
      '  user: netdiag',
      '  user: netdiag\n  nodes: {a: {adress: 10.0.0.1}}',
      /ssh\.nodes\.a\.adress .*did you mean address/,
    ],
    ['  user: netdiag', '  user: netdiag\n  password: sesame', /ssh\.password .*is not a setting; known here: user/],
    ['  approvers: [U012AB3CD', '  approvers: [xoxb-12345-leaked', /approvers\[0\] .*may be a secret/],
    ['approval:\n  approvers: [U012AB3CD, U0456EFGH]\n', '', /approval \(netdiag\.yml:1:1\): found nothing/],
    ['journal:\n  url: sqlite:/var/lib/netdiag/journal.db\n', '', /journal .*found nothing/],
  ])('where %j becomes %j is refused', (from, to, says) => {
    expect(problems(changed(from, to)).join('\n')).toMatch(says);
  });

  it.each([
    ['', /the file .*found nothing, expected a mapping with cluster/],
    ['- a list', /the file .*found a list/],
    ['cluster: {name: [}', /NETDIAG_CONFIG \(netdiag\.yml:1:\d+\): is not valid YAML/],
    ['cluster: {name: a}\ncluster: {name: b}', /netdiag\.yml:2:1\): is not valid YAML \(DUPLICATE_KEY\)/],
    ['a: &a [1]\nb: *a', /netdiag\.yml:2:4\): is an alias, which is not allowed here/],
    ['a: !!js/function "x"', /is not valid YAML/],
    [`a: ${'['.repeat(25)}${']'.repeat(25)}`, /is nested deeper than 20 levels/],
    ['['.repeat(60_000), /is nested deeper than 20 levels|is not valid YAML/],
    [`a: ${'x'.repeat(65 * 1024)}`, /is larger than 64 KiB/],
    ['__proto__: {x: 1}\nconstructor: 1', /__proto__ .*is not a setting/],
  ])('that is no configuration at all is refused: %#', (text, says) => {
    expect(problems(text).join('\n')).toMatch(says);
  });

  it.each(['http://slack.example.com/api/', 'https://user:pass@slack.example.com/', 'slack.com', 'file:///etc'])(
    'sends no token to %s',
    (url) => {
      expect(problems(WHOLE, { ...ENV, SLACK_API_URL: url }).join('\n')).toMatch(/^SLACK_API_URL .*not shown/);
    },
  );

  it('shows control characters as what they are not', () => {
    const text = changed('name: prod-east', 'name: "a\\e[2Jb\\u202E"');
    expect(problems(text).join('\n')).toMatch(/found "a\uFFFD\[2Jb\uFFFD"/);
  });
});

describe('anything at all', () => {
  const isEither = (text: string, env: Environment = ENV): boolean => {
    const said = outcome(text, env);
    return said instanceof ConfigError || (said as Config).mode === 'serve';
  };

  it('as text is a Config or a ConfigError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(isEither(text)).toBe(true);
      }),
    );
  });

  it('as data in place of any setting is a Config or a ConfigError', () => {
    const whole: Record<string, unknown> = {
      cluster: { name: 'a' },
      ssh: {
        user: 'a',
        privateKeyFile: 'ssh/id_ed25519',
        knownHostsFile: 'known_hosts',
        nodes: { a: { address: 'b' } },
      },
      approval: { approvers: ['U01'] },
      journal: { url: 'sqlite:a' },
    };
    const paths = [
      ['cluster'],
      ['ssh', 'nodes'],
      ['ssh', 'hostKeys'],
      ['ssh', 'port'],
      ['approval'],
      ['journal', 'url'],
      ['zzz'],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), ([first = '', second], value) => {
        const inner = second === undefined ? value : { ...(whole[first] as object), [second]: value };
        expect(isEither(JSON.stringify({ ...whole, [first]: inner }))).toBe(true);
      }),
    );
  });

  it('as environment is a Config or a ConfigError', () => {
    const names = fc.constantFrom(
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'SLACK_SIGNING_SECRET',
      'PORT',
      'SLACK_API_URL',
      'KUBECONFIG',
      'NETDIAG_CONFIG',
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (env) => {
        expect(isEither(WHOLE, { ...ENV, ...env })).toBe(true);
      }),
    );
  });
});
