import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { BadPlaybooks, buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { folder } from '../../src/cli/folder.ts';
import { playbookGraph, playbookLint } from '../../src/cli/playbook.ts';
import { KUBELET, PODS } from '../fake/house.ts';

const top = mkdtempSync(join(tmpdir(), 'netdiag-cli-'));
afterAll(() => rmSync(top, { recursive: true }));

let count = 0;
let directory = '';
beforeEach(() => {
  directory = join(top, `${(count += 1)}`);
  mkdirSync(directory);
});

function lint(
  files: Readonly<Record<string, string>>,
  where = directory,
): { readonly exit: number; readonly said: readonly string[] } {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const said: string[] = [];
  return { exit: playbookLint(where, (line) => said.push(line)), said };
}

describe('playbook lint', () => {
  test('ours have no mistakes', () => {
    const said: string[] = [];
    expect(playbookLint(PLAYBOOKS, (line) => said.push(line))).toBe(0);
    expect(said).toEqual([expect.stringMatching(/^\d+ playbooks, no mistakes: .*kubelet-unreachable/)]);
  });

  test('good ones are named, other files are not read', () => {
    expect(lint({ 'kubelet.yml': KUBELET, 'pods.yml': PODS, 'README.md': '# no playbook' })).toEqual({
      exit: 0,
      said: ['2 playbooks, no mistakes: kubelet, pods'],
    });
  });

  test('every mistake of every file, each at its place', () => {
    const { exit, said } = lint({
      'kubelet.yml': KUBELET.replace('far-end: api-server', 'far-end: moon'),
      'pods.yml': PODS.replace('[forwarding]', '[forwardin]'),
    });
    expect(exit).toBe(2);
    expect(said).toEqual([
      expect.stringMatching(/kubelet\.yml:5:1 far-end: /),
      expect.stringMatching(
        /pods\.yml:14:14 states\.narrow\.narrow\.0: no check is called forwardin; did you mean forwarding\?$/,
      ),
    ]);
  });

  test('a file that is called otherwise than its id', () => {
    expect(lint({ 'kubelets.yml': KUBELET })).toMatchObject({
      exit: 2,
      said: [expect.stringContaining('the file has to be called kubelet.yml')],
    });
  });

  test.each([
    ['is not there', () => join(directory, 'nowhere')],
    ['is a file', () => join(PLAYBOOKS, 'kubelet-unreachable.yml')],
    ['holds no playbook', () => directory],
  ])('a directory that %s is one sentence', (_, where) => {
    const { exit, said } = lint({}, where());
    expect(exit).toBe(2);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/playbook/i);
  });

  test('a directory in place of a playbook is one sentence', () => {
    mkdirSync(join(directory, 'trap.yml'));
    expect(lint({}).exit).toBe(2);
  });
});

describe('the house', () => {
  const approval = { approvers: [], expiresMs: 1 };

  test('has the symptom buttons in their order, "Something else" last', () => {
    const ids = [...buildHouse(PLAYBOOKS, approval).playbooks.keys()];
    expect(ids.slice(0, 3)).toEqual(['kubelet-unreachable', 'pods-unreachable', 'pods-cannot-get-out']);
    expect(ids.at(-1)).toBe('something-else');
  });

  test('is not built over a playbook with a mistake: every one is named', () => {
    writeFileSync(join(directory, 'kubelet.yml'), KUBELET.replace('start: narrow', 'start: moon'));
    expect(() => buildHouse(directory, approval)).toThrow(BadPlaybooks);
    expect(() => buildHouse(directory, approval)).toThrow(/kubelet\.yml:6:1 start: no state is called moon/);
  });

  test('asks every cheap probe, and only those, of every node', () => {
    const { cheap } = buildHouse(PLAYBOOKS, approval);
    expect(cheap.length).toBeGreaterThanOrEqual(25);
    expect(cheap).toContain('ip-addr');
    expect(cheap).not.toContain('ip-route-get');
  });
});

describe('the folder of a diagnosis', () => {
  test.each(['..', '../../etc/passwd', '/etc/passwd', '.', '', 'a/b', '\u0000', 'capture-$(id).pcap', '...x'])(
    'keeps a file called %j to itself',
    (name) => {
      const path = folder('/tmp/netdiag-x').path(name);
      expect(join(path)).toMatch(/^\/tmp\/netdiag-x(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)?$/);
    },
  );

  test('saves what only its owner can read', () => {
    const path = folder(join(directory, 'files')).save('capture-eth0.pcap', new Uint8Array([1]));
    expect(path).toBe(join(directory, 'files', 'capture-eth0.pcap'));
  });
});

describe('playbook graph', () => {
  const drawn = (id?: string): { readonly exit: number; readonly text: string } => {
    const said: string[] = [];
    const exit = playbookGraph(directory, id, (line) => said.push(line));
    return { exit, text: said.join('\n') };
  };

  test('the page of our playbooks is what the command draws now', () => {
    const said: string[] = [];
    expect(playbookGraph(PLAYBOOKS, undefined, (line) => said.push(line))).toBe(0);
    expect(readFileSync(join(PLAYBOOKS, '../docs/playbooks.md'), 'utf8')).toBe(`${said.join('\n')}\n`);
  });

  test('every state is drawn once, every way on is an arrow, and words stay words', () => {
    writeFileSync(join(directory, 'pods.yml'), PODS.replace('Which pods?', 'Which "pods" <b>?'));
    const { exit, text } = drawn('pods');
    expect(exit).toBe(0);
    expect(text.match(/^ {2}s\d+[[({]/gm)).toHaveLength(6);
    expect(text).toContain('{"Which #quot;pods#quot; #lt;b#gt;?"}');
    expect(text).toContain('-->|"All of them"|');
  });

  test('a playbook that nobody wrote is refused with the names of those there are', () => {
    writeFileSync(join(directory, 'pods.yml'), PODS);
    expect(drawn('nobody')).toEqual({ exit: 2, text: 'No playbook is called "nobody"; there are pods.' });
  });

  test('one with a mistake is not drawn', () => {
    writeFileSync(join(directory, 'pods.yml'), PODS.replace('start: which', 'start: where'));
    expect(drawn().exit).toBe(2);
  });
});
