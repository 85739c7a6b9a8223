import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checks as everywhere } from '../../src/check/index.ts';
import { cniChecks } from '../../src/cni/checks.ts';
import { changesCluster, clusterSteps, nodeCommands } from '../../src/model/index.ts';
import type { Answer, Bound } from '../../src/model/index.ts';
import {
  interfaceConfig,
  ipAddr,
  ipRoute,
  ipRouteAll,
  ipRouteGet,
  ipRoutePrefix,
  sysctlFiles,
} from '../../src/probe/index.ts';
import { advice, remediations } from '../../src/remediation/index.ts';
import { plainDevice, plainWord } from '../../src/remediation/plain.ts';
import type { Draft } from '../../src/remediation/remediation.ts';
import {
  answered,
  GAPS,
  I1,
  I1_SICK,
  I3,
  I3_SICK,
  I3_TRAP,
  i1Answers,
  i3Answers,
  lost,
  readings,
} from '../fake/scene.ts';
import { I2, I2_CAPTURED, I2_STALE, i2Answers } from '../fake/flannel.ts';
import { DOCKER, eniAnswers, eniBound, I4A, I4B, I5 } from '../fake/eni.ts';
import { MANAGEMENT, NODE_DOOR } from './draft.ts';
import { rollable } from './rollable.ts';

const checks = [...everywhere, ...cniChecks];

interface Node {
  readonly bound: Bound;
  readonly answers: readonly Answer[];
}

/** Every draft that any remediation makes of anything that any check finds here. */
function drafts({ bound, answers }: Node): readonly { readonly id: string; readonly draft: Draft }[] {
  const known = readings(...answers);
  const findings = checks
    .filter(({ cni }) => cni === undefined || cni === bound.cni.name)
    .flatMap((check) => {
      const verdict = check.judge(bound, known);
      return verdict.is === 'found' ? verdict.findings : [];
    });
  return findings.flatMap((finding) =>
    remediations
      .filter(({ fixes }) => fixes.includes(finding.code))
      .flatMap((remediation) =>
        [MANAGEMENT, NODE_DOOR, null].flatMap((door) => {
          const made = remediation.draft(finding, { bound, readings: known, door });
          return 'steps' in made ? [{ id: remediation.id, draft: made }] : [];
        }),
      ),
  );
}

/** A node with two interfaces in one subnet whose second one has this name. */
function i1Named(device: string): Node {
  const rename = (text: string): string => text.replaceAll('eth1', () => device);
  const addresses = (
    [
      ['eth0', '10.0.10.207'],
      [device, '10.0.10.190'],
    ] as const
  ).map(
    ([name, address], at) =>
      `${at + 2}: ${name}    inet ${address}/24 brd 10.0.10.255 scope global ${name}\\       valid_lft forever preferred_lft forever\n`,
  );
  return {
    bound: I1,
    answers: [
      ...i1Answers(I1_SICK),
      answered('subject', ipAddr, {}, addresses.join('')),
      answered('subject', ipRouteAll, {}, rename(`default via 10.0.10.1 dev eth1 \n${I1_SICK.routes}`)),
      answered('subject', ipRoute, {}, rename(`default via 10.0.10.1 dev eth1 \n${I1_SICK.routes}`)),
      answered('subject', ipRouteGet, { to: '10.0.10.69', from: '10.0.10.207' }, rename(I1_SICK.back)),
      answered('subject', ipRoutePrefix, { prefix: '10.0.10.0/24' }, rename(I1_SICK.routes)),
    ],
  };
}

const FLANNEL: Bound = { ...I2, cni: { ...I2.cni, daemonSet: 'kube-flannel/kube-flannel-ds' } };
const NO_FILE_OF_NETDIAG = answered('subject', sysctlFiles, {}, '');
const KEYFILE = '/etc/NetworkManager/system-connections/eth0';
const MANAGED = answered('subject', interfaceConfig, {}, `file ${KEYFILE} -> \n${KEYFILE}:1:[ipv4]\n`);
/** An old version on Docker with the right mount. */
const RIGHT = { ...I4A, version: '1.5.3', runtime: 'docker://19.3', mount: '/var/run/docker.sock' };

const NODES: readonly Node[] = [
  { bound: I2, answers: [...i2Answers(I2_CAPTURED), MANAGED] },
  { bound: rollable(FLANNEL), answers: i2Answers(I2_STALE) },
  { bound: eniBound(I4B), answers: [...eniAnswers(I4B), NO_FILE_OF_NETDIAG] },
  { bound: rollable(eniBound(RIGHT)), answers: eniAnswers(RIGHT) },
  { bound: rollable(eniBound(I5)), answers: eniAnswers(I5) },
  {
    bound: rollable(eniBound(I5), { updateStrategy: 'OnDelete', facts: { unschedulable: true } }),
    answers: eniAnswers(I5),
  },
  { bound: rollable(eniBound(DOCKER)), answers: eniAnswers({ ...DOCKER, attached: false }) },
  { bound: I1, answers: i1Answers(I1_SICK) },
  { bound: I1, answers: i1Answers({ ...I1_SICK, rpFilter: '1' }) },
  { bound: I3, answers: [...i3Answers(I3_SICK), NO_FILE_OF_NETDIAG] },
  { bound: I3, answers: [...i3Answers(I3_TRAP), NO_FILE_OF_NETDIAG] },
];

/** Names that a kernel accepts for a device: at most 15 bytes, no blanks, no slash. */
const hostile = fc.oneof(
  fc.constantFrom(
    '-z',
    '--help',
    '$(id)',
    '`id`',
    ';reboot',
    'a=b',
    '*',
    'all',
    'default',
    '__proto__',
    'via',
    'table',
    "'",
    '"',
    '\\',
    '%s',
    '|sh',
    '&',
    '~',
    '#x',
    '@',
    'a@b',
    '!',
    '-',
    '--',
  ),
  fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme-ascii' }).map((name) => name.replaceAll(/[\s/\\]/g, '_')),
);

/** Words that the drafts may begin with a dash: options, all of them ours. */
const OPTIONS = new Set(['-4', '-w', '-D', '-m', '-f']);
/** Files that they may name: the standard input, and files that bear netdiag's name in a directory for additions. */
const FILES = /^\/(dev\/stdin|etc\/(sysctl\.d|NetworkManager\/conf\.d)\/99-[a-z-]*netdiag[a-z-]*\.conf)$/;

function expectSafe({ draft }: { readonly draft: Draft }): void {
  for (const { argv, stdin = '' } of nodeCommands([...draft.steps, ...draft.undo])) {
    expect(['ip', 'sysctl', 'install', 'rm']).toContain(argv[0]);
    expect(stdin).toMatch(/^([\x20-\x7e]*\n)*$/);
    const writes = argv[0] === 'install' || argv[0] === 'rm';
    const files = argv.slice(1).filter((word) => writes && !OPTIONS.has(word) && word !== '0644');
    expect(files.filter((word) => !FILES.test(word))).toEqual([]);
    for (const word of argv.slice(1)) {
      if (OPTIONS.has(word) || files.includes(word)) continue;
      expect(word).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.:/=-]*$/);
      expect(word.split('=').length).toBeLessThanOrEqual(2);
    }
  }
}

describe('every remediation', () => {
  test('is drafted by a node of its incident, where a check that fits every CNI finds it', () => {
    const ids = new Set(NODES.flatMap(drafts).map(({ id }) => id));
    const codes = checks.flatMap((check) => check.codes);
    const mending = remediations.filter(({ fixes }) => fixes.some((code) => codes.includes(code)));
    expect([...ids].toSorted()).toEqual(mending.map(({ id }) => id).toSorted());
  });

  const byTheNode = NODES.flatMap(drafts).filter(({ draft }) => !changesCluster(draft));
  const byTheApiServer = NODES.flatMap(drafts).filter(({ draft }) => changesCluster(draft));

  test.each(byTheNode)('$id has an undo for each step, preconditions, and a rollback on the node', ({ draft }) => {
    expect(draft.undo).toHaveLength(draft.steps.length);
    expect(draft.preconditions.length).toBeGreaterThan(0);
    expect(draft.rollbackSeconds).toBeGreaterThanOrEqual(30);
    expect(nodeCommands([...draft.steps, ...draft.undo])).toHaveLength(2 * draft.steps.length);
    expect(draft).not.toHaveProperty('stage');
  });

  test.each(byTheApiServer)(
    '$id is carried out by the API server alone, each object once, and taken back so',
    ({ draft }) => {
      const objects = (steps: Draft['steps']) =>
        clusterSteps(steps).flatMap((step) => (step.kind === 'kubernetes-patch' ? [step.object.uid] : []));
      for (const steps of [draft.steps, draft.undo]) {
        expect(clusterSteps(steps)).toHaveLength(steps.length);
        expect(objects(steps)).toEqual([...new Set(objects(steps))]);
      }
      expect(objects(draft.undo).toSorted()).toEqual(objects(draft.steps).toSorted());
      const pods = (steps: Draft['steps']) =>
        clusterSteps(steps).flatMap((step) => (step.kind === 'pod-delete' ? [step.uid] : []));
      expect(pods(draft.steps)).not.toContain(null);
      expect(pods(draft.undo).filter((uid) => uid !== null)).toEqual([]);
      expect(draft.preconditions).toEqual([]);
      expect(draft.rollbackSeconds).toBe(0);
      expect([draft.title, draft.safety, ...draft.durable].join(' ')).not.toMatch(/restores itself|rollback/);
    },
  );

  test.each(NODES.flatMap(drafts))('$id has steps, a way to confirm, checks and words', ({ draft }) => {
    expect(draft.steps.length).toBeGreaterThan(0);
    expect(draft.doors.confirmThrough.length).toBeGreaterThan(0);
    expect(draft.doors.confirmThrough.filter((address) => draft.doors.closes.includes(address))).toEqual([]);
    expect(draft.verify.filter((id) => !checks.some((check) => check.id === id))).toEqual([]);
    expect(draft.safety.length).toBeLessThanOrEqual(650);
    expect(draft.title).toMatch(/^[a-z].*[^.]$/);
    for (const sentence of [draft.safety, ...draft.durable]) expect(sentence).toMatch(/^[A-Z].*\.$/s);
  });

  test.each(NODES.flatMap(drafts))('$id verifies with the check that found what it mends', ({ id, draft }) => {
    const fixes = remediations.find((one) => one.id === id)?.fixes ?? [];
    const finders = checks.filter(({ codes }) => codes.some((code) => fixes.includes(code))).map((check) => check.id);
    expect(finders.filter((finder) => draft.verify.includes(finder))).not.toEqual([]);
  });

  test('writes only plain words, whatever the devices of I1 are called', () => {
    fc.assert(
      fc.property(hostile, (device) => drafts(i1Named(device)).forEach(expectSafe)),
      { numRuns: 150 },
    );
  });

  test('writes only plain words, whatever the uplink of I3 is called', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(I3_SICK, I3_TRAP), (device, node) =>
        drafts({ bound: I3, answers: i3Answers(node, device) }).forEach(expectSafe),
      ),
      { numRuns: 500 },
    );
  });

  test('still fits nodes whose devices have ordinary names', () => {
    for (const device of ['eth1', 'ens5', 'enp0s31f6', 'bond0.39', 'br-0a1b2c', 'wlan_guest']) {
      expect(drafts(i1Named(device)).map(({ id }) => id)).toContain('delete-connected-route');
      expect(drafts({ bound: I3, answers: i3Answers(I3_TRAP, device) })).not.toEqual([]);
    }
  });

  test('drafts nothing, and throws nothing, over readings that are gaps by then', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NODES),
        fc.array(fc.option(fc.constantFrom(...GAPS), { nil: null }), { minLength: 12, maxLength: 12 }),
        (node, gaps) => {
          const partly = node.answers.map((answer, at) => {
            const gap = gaps[at] ?? null;
            return gap === null ? answer : lost(answer, gap);
          });
          drafts({ ...node, answers: partly }).forEach(expectSafe);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('advice is one sentence or two', () => {
    for (const sentence of Object.values(advice)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

describe('plain names', () => {
  test.each(['eth0', 'eth0.100', 'br-1234567890ab', 'vxlan.calico', 'cni0', '_x', '9p'])('%j is one', (name) => {
    expect(plainDevice(name)).toBe(true);
  });

  test.each(['', '-z', '.', '..', '--help', '$(id)', 'a b', 'a/b', 'a=b', 'é', '*', 'all', 'default', 'x'.repeat(16)])(
    '%j is none',
    (name) => {
      expect(plainDevice(name)).toBe(false);
    },
  );

  test('words of a route are plain, options and expansions are not', () => {
    for (const word of ['10.0.10.0/24', 'dev', 'fe80::1', '0x80', 'link']) expect(plainWord(word)).toBe(true);
    for (const word of ['-4', '', '$(id)', 'a b', '`x`', '\u00a0']) expect(plainWord(word)).toBe(false);
  });
});
