import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checks as everywhere } from '../src/check/index.ts';
import { CNIS } from '../src/cni/index.ts';
import { cniChecks } from '../src/cni/checks.ts';
import { buildHouse, PLAYBOOKS } from '../src/cli/house.ts';
import { compile, loadPlaybook } from '../src/playbook/index.ts';
import { waysOn } from '../src/playbook/schema.ts';
import { probes } from '../src/probe/index.ts';
import { advice, remediations } from '../src/remediation/index.ts';
import { stimuli } from '../src/stimulus/index.ts';

const checks = [...everywhere, ...cniChecks];
const top = join(import.meta.dirname, '..');

/** Every TypeScript file below a folder of the project. */
function files(folder: string): string[] {
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)));
}

/** What a file imports: project files as paths from the top, packages as they are named. */
function imports(file: string): string[] {
  const text = readFileSync(join(top, file), 'utf8');
  const named = /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(named)]
    .map(([, from, bare, later]) => from ?? bare ?? later ?? '')
    .map((name) => (name.startsWith('.') ? relative(top, join(top, file, '..', name)) : name));
}

interface Rule {
  /** Folder, or file, whose imports are judged. */
  readonly room: string;
  /** Folders and packages it may import besides itself. */
  readonly may: readonly string[];
  readonly because: string;
}

const PURE = ['node:crypto', 'node:net'];
const rules: readonly Rule[] = [
  {
    room: 'src/model',
    may: ['node:crypto'],
    because: 'the words stand on nothing; createHash is the one pure exception',
  },
  { room: 'src/probe', may: ['src/model', ...PURE], because: 'a probe asks and parses; it never runs anything' },
  {
    room: 'src/stimulus',
    may: ['src/model', 'src/probe', 'src/port.ts', ...PURE],
    because: 'a stimulus builds commands; it never sends',
  },
  {
    room: 'src/check',
    may: ['src/model', 'src/probe', 'ip-address'],
    because: 'a check judges readings; it cannot ask for more on its own',
  },
  {
    room: 'src/cni',
    may: ['src/model', 'src/probe', 'src/check'],
    because: 'what is normal on one CNI is data and judgement',
  },
  {
    room: 'src/capture',
    may: ['src/model', ...PURE, 'ip-address'],
    because: 'pcaps are decoded from bytes, wherever they came from',
  },
  {
    room: 'src/remediation',
    may: ['src/model', 'src/probe', 'src/check', 'src/cni', 'src/capture'],
    because: 'a remediation drafts; it cannot change anything',
  },
  {
    room: 'src/playbook',
    may: ['src/model', 'xstate', 'yaml', 'zod'],
    because: 'playbooks name; they are loaded from text given to them',
  },
  {
    room: 'src/incident',
    may: [
      'src/model',
      'src/probe',
      'src/stimulus',
      'src/check',
      'src/cni',
      'src/capture',
      'src/remediation',
      'src/playbook',
      'xstate',
      ...PURE,
    ],
    because: 'the core is a fold: whatever can fail, wait or cost lives in the shell',
  },
  {
    room: 'src/shell',
    may: [
      'src/model',
      'src/port.ts',
      'src/probe',
      'src/stimulus',
      'src/check',
      'src/capture',
      'src/playbook',
      'src/incident',
    ],
    because: 'the shell knows ports, never an adapter',
  },
  { room: 'src/port.ts', may: ['src/model'], because: "ports speak in the model's words" },
  ...['slack', 'terminal', 'ssh', 'kubernetes', 'journal', 'recorded', 'picture'].map((adapter) => ({
    room: `src/adapter/${adapter}`,
    may: ['src/model', 'src/port.ts', 'node:', ...PACKAGES(adapter)],
    because: 'adapters know model and ports only, never each other or the core',
  })),
  {
    room: 'src/adapter/slack/view',
    may: ['src/model', '@slack/types', 'src/adapter/slack'],
    because: 'views are pure: model to Block Kit',
  },
  {
    room: 'src/sandbox',
    may: ['node:', 'ws', 'yaml', 'zod'],
    because: 'the practice workspace imports nothing of the rest',
  },
];

function PACKAGES(adapter: string): string[] {
  return (
    {
      slack: ['@slack/', 'zod'],
      ssh: ['ssh2'],
      kubernetes: ['@kubernetes/client-node', 'undici'],
      journal: ['kysely', 'zod'],
      recorded: ['zod'],
      picture: ['@resvg/resvg-js'],
    }[adapter] ?? []
  );
}

describe('imports', () => {
  test.each(rules)('$room: $because', ({ room, may }) => {
    const within = room.endsWith('.ts') ? [room] : files(room);
    expect(within.length).toBeGreaterThan(0);
    const allowed = (name: string): boolean =>
      name.startsWith(`${room}/`) ||
      may.some(
        (prefix) =>
          name === prefix || name.startsWith(prefix.endsWith('/') || prefix.endsWith(':') ? prefix : `${prefix}/`),
      );
    const breaches = within.flatMap((file) =>
      imports(file)
        .filter((name) => !allowed(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(breaches).toEqual([]);
  });

  test('nothing imports the practice workspace', () => {
    const breaches = files('src').filter(
      (file) => !file.startsWith('src/sandbox/') && imports(file).some((name) => name.startsWith('src/sandbox')),
    );
    expect(breaches).toEqual([]);
  });

  test('only main.ts reads the environment', () => {
    const readers = files('src').filter((file) => readFileSync(join(top, file), 'utf8').includes('process.env'));
    expect(readers).toEqual(['src/main.ts']);
  });

  test('pure rooms read no clock and no chance', () => {
    const rooms = [
      'model',
      'probe',
      'stimulus',
      'check',
      'cni',
      'capture',
      'remediation',
      'playbook',
      'incident',
      'adapter/slack/view',
    ];
    const breaches = rooms
      .flatMap((room) => files(`src/${room}`))
      .filter((file) =>
        /Date\.now|new Date\(\)|Math\.random|randomUUID|randomBytes|setTimeout|setInterval/.test(
          readFileSync(join(top, file), 'utf8'),
        ),
      );
    expect(breaches).toEqual([]);
  });
});

describe('registries equal their directories', () => {
  /** Files of a room that define a member, told by the id that they carry. */
  const members = (folder: string): string[] =>
    files(folder)
      .filter(
        (file) =>
          relative(folder, file) === file.slice(folder.length + 1) && !file.slice(folder.length + 1).includes('/'),
      )
      .filter((file) =>
        new RegExp(`\\bid: '${file.slice(folder.length + 1, -3)}'`).test(readFileSync(join(top, file), 'utf8')),
      )
      .map((file) => file.slice(folder.length + 1, -3))
      .toSorted();
  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id).toSorted();

  test.each<[string, string[]]>([
    ['src/probe', ids(probes)],
    ['src/stimulus', ids(stimuli)],
    ['src/check', ids(everywhere)],
    ...CNIS.map(({ name }): [string, string[]] => [
      `src/cni/${name}`,
      ids(cniChecks.filter(({ cni }) => cni === name)),
    ]),
    ['src/remediation', ids(remediations)],
  ])('%s', (folder, registered) => {
    expect(members(folder)).toEqual(registered);
  });
});

describe('findings', () => {
  const codes = checks.flatMap(({ codes }) => codes);

  test('every code belongs to one check', () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('every code is fixed by a remediation or marked advice', () => {
    const mended = new Set(remediations.flatMap(({ fixes }) => fixes));
    expect(codes.filter((code) => !mended.has(code) && advice[code] === undefined)).toEqual([]);
  });

  test('every remediation fixes codes that exist', () => {
    expect(remediations.flatMap(({ fixes }) => fixes).filter((code) => !codes.includes(code))).toEqual([]);
  });
});

describe('playbooks', () => {
  const names = { checks: checks.map(({ id }) => id), stimuli: stimuli.map(({ id }) => id) };
  const playbooks = readdirSync(join(top, 'playbooks'));

  test.each(playbooks)('%s names only what exists, compiles, and reaches an end from every state', (file) => {
    const loaded = loadPlaybook(file, readFileSync(join(top, 'playbooks', file), 'utf8'), names);
    expect('complaints' in loaded ? loaded.complaints : []).toEqual([]);
    if (!('playbook' in loaded)) return;
    const route = compile(loaded.playbook);
    for (const [name, state] of Object.entries(loaded.playbook.file.states)) {
      for (const [event, target] of waysOn(state)) expect(route.after(name, event)).toBe(target);
    }
  });

  test('the first question has at most five buttons, and the last one is for everything else', () => {
    const ids = [...buildHouse(PLAYBOOKS, { approvers: [], expiresMs: 1 }).playbooks.keys()];
    expect(ids.length).toBeLessThanOrEqual(5);
    expect(ids.at(-1)).toBe('something-else');
  });

  test('no check branches on the name of a CNI', () => {
    const breaches = files('src/check').filter((file) =>
      /cni\.name|aws-vpc|calico'|flannel|cilium/.test(readFileSync(join(top, file), 'utf8')),
    );
    expect(breaches).toEqual([]);
  });
});

describe('probes', () => {
  test('at least 25 are asked of every node at once', () => {
    expect(probes.filter(({ cheap }) => cheap).length).toBeGreaterThanOrEqual(25);
  });

  test.each(probes.map(({ id }) => id))('%s has a healthy, a sick and a broken fixture', (id) => {
    const cases = readdirSync(join(top, 'test/fixture', id)).filter((name) => name.endsWith('.out'));
    expect(cases.some((name) => name.includes('healthy'))).toBe(true);
    expect(cases.some((name) => name.includes('broken'))).toBe(true);
    expect(cases.length).toBeGreaterThanOrEqual(3);
  });
});
