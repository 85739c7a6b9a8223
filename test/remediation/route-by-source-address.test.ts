import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readingsOf } from '../../src/check/check.ts';
import { questionKey } from '../../src/model/index.ts';
import type { Answer, Finding } from '../../src/model/index.ts';
import { ipRoute, ipRouteAll, ipRouteGet, ipRule } from '../../src/probe/index.ts';
import type { Params, Probe } from '../../src/probe/probe.ts';
import { NOT_PLAIN } from '../../src/remediation/plain.ts';
import type { Drafted } from '../../src/remediation/remediation.ts';
import { routeBySourceAddress } from '../../src/remediation/route-by-source-address.ts';
import { answered, I1 } from '../fake/scene.ts';
import { noLab, skipNote } from '../lab/skip.ts';
import { argvs } from './draft.ts';

const RULES = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';
const ROUTES =
  'default via 10.0.10.1 dev eth1 \n10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190 \n10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.207 \n';
const way = { to: '10.0.10.69', from: '10.0.10.207' };
const finding: Finding = {
  code: 'reply-leaves-other-interface',
  statement: '',
  confidence: 'proven',
  evidence: [],
  facts: { device: 'eth1', uplink: 'eth0', prefix: '10.0.10.0/24', to: way.to },
  residue: [],
};

/** Drafts the fix from what this node's own commands print. */
function drafted(print: (argv: readonly string[]) => string, about = finding): Drafted {
  const ask = <P extends Params>(probe: Probe<P, unknown>, params: P): Answer =>
    answered('subject', probe, params, print(probe.argv(params)));
  const answers = [ask(ipRoute, {}), ask(ipRouteAll, {}), ask(ipRule, {}), ask(ipRouteGet, way)];
  const readings = readingsOf(Object.fromEntries(answers.map((answer) => [questionKey(answer.question), answer])));
  return routeBySourceAddress.draft(about, { bound: I1, readings, door: null });
}

/** What a node of I1 prints, with other rules or other routes of all tables. */
const printing =
  ({ rules = RULES, more = '' }) =>
  (argv: readonly string[]): string => {
    if (argv.includes('rule')) return rules;
    if (argv.includes('get')) return '10.0.10.69 from 10.0.10.207 dev eth1 uid 0 \n';
    return argv.includes('all') ? ROUTES + more : ROUTES;
  };

describe('route-by-source-address', () => {
  test('fits a node with two interfaces in one subnet', () => {
    expect(drafted(printing({}))).toMatchObject({ steps: expect.any(Array) as unknown });
  });

  test('leaves a table alone that holds routes although no rule names it', () => {
    const draft = drafted(printing({ more: '10.9.0.0/16 dev eth1 table 207 scope link \n' }));
    expect(JSON.stringify(draft)).toContain('"table","208"');
    expect(JSON.stringify(draft)).not.toContain('"207"');
  });

  test.each(['-z', '$(id)', 'a b', 'all'])('writes no interface called %j into a command', (uplink) => {
    expect(drafted(printing({}), { ...finding, facts: { ...finding.facts, uplink } })).toEqual({ unfit: NOT_PLAIN });
  });

  test('does not fit where one of its priorities is taken', () => {
    const rules = RULES.replace('32766', '30209:\tfrom 10.0.10.9 lookup main\n32766');
    expect(drafted(printing({ rules }))).toHaveProperty('unfit');
  });

  test.skipIf(noLab)(
    `a real kernel: pods, other networks, neighbours and the outside go where they should, and back${skipNote}`,
    () => {
      const node = `route-${randomBytes(3).toString('hex')}`;
      const run = (...argv: readonly string[]): string =>
        execFileSync('ip', ['netns', 'exec', node, ...argv], { encoding: 'utf8' });
      execFileSync('ip', ['netns', 'add', node]);
      try {
        for (const [device, address] of [
          ['eth1', '10.0.10.190/24'],
          ['eth0', '10.0.10.207/24'],
          ['pod0', null],
        ] as const) {
          run('ip', 'link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}-far`);
          run('ip', 'link', 'set', `${device}-far`, 'up');
          run('ip', 'link', 'set', device, 'up');
          if (address !== null) run('ip', 'addr', 'add', address, 'dev', device);
        }
        run('ip', 'route', 'add', 'default', 'via', '10.0.10.1', 'dev', 'eth1');
        run('ip', 'route', 'add', '192.168.4.25', 'dev', 'pod0');
        run('ip', 'route', 'add', '10.0.10.31', 'dev', 'pod0');
        run('ip', 'route', 'add', '192.168.54.0/26', 'via', '10.0.10.115', 'dev', 'eth0');
        const state = (): string => run('ip', 'rule') + run('ip', 'route', 'show', 'table', 'all');
        const before = state();
        const draft = drafted((argv) => run(...argv));
        if (!('steps' in draft)) throw new Error(JSON.stringify(draft));
        const from = (to: string): string => run('ip', 'route', 'get', to, 'from', '10.0.10.207').split('\n')[0] ?? '';
        expect(from('10.0.10.69')).toContain('dev eth1');
        for (const step of argvs(draft.steps)) run(...step);
        expect(from('10.0.10.69')).toContain('dev eth0');
        expect(from('203.0.113.1')).toContain('via 10.0.10.1 dev eth0');
        expect(from('192.168.4.25')).toContain('dev pod0');
        expect(from('10.0.10.31')).toContain('dev pod0');
        expect(from('192.168.54.7')).toContain('via 10.0.10.115 dev eth0');
        for (const step of argvs(draft.undo)) run(...step);
        expect(state()).toBe(before);
      } finally {
        execFileSync('ip', ['netns', 'del', node]);
      }
    },
  );
});
