import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/model/index.ts';
import { ipRoute, ipRouteAll, ipRule } from '../../src/probe/index.ts';
import { answered, I1, I1_SICK, i1Answers, lost } from '../fake/scene.ts';
import { argvs, drafted, fitting, found, MANAGEMENT } from './draft.ts';

const ID = 'route-by-source-address';
const SICK = i1Answers(I1_SICK);
const FINDING = found(I1, SICK, 'reply-leaves-other-interface');
const RULES = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';
const after = (...answers: Answer[]): readonly Answer[] => [...SICK, ...answers];
const rules = (...more: string[]): Answer =>
  answered('subject', ipRule, {}, `${more.map((rule) => `${rule}\n`).join('')}${RULES}`);

describe('route-by-source-address, drafted', () => {
  const SOURCE = 'ip -4 rule add from 10.0.10.207';
  const routes = (verb: string): string[] => [
    `ip -4 route ${verb} 10.0.10.0/24 dev eth0 scope link src 10.0.10.207 table 207`,
    `ip -4 route ${verb} default via 10.0.10.1 dev eth0 table 207`,
  ];

  test('adds two routes in a table of their own, then the rules that lead there', () => {
    expect(argvs(fitting(ID, FINDING, I1, SICK).steps).map((argv) => argv.join(' '))).toEqual([
      ...routes('add'),
      `${SOURCE} lookup main suppress_prefixlength 24 priority 30207`,
      `${SOURCE} to 10.0.10.0/24 lookup 207 priority 30208`,
      `${SOURCE} lookup main suppress_prefixlength 0 priority 30209`,
      `${SOURCE} lookup 207 priority 30210`,
    ]);
  });

  test('takes away what it added, last first', () => {
    const draft = fitting(ID, FINDING, I1, SICK);
    expect(argvs(draft.undo).map((argv) => argv.join(' '))).toEqual(
      argvs(draft.steps)
        .map((argv) => argv.join(' ').replace(' add ', ' del '))
        .toReversed(),
    );
  });

  test('wants the rules, the way back and the empty table to be what they were', () => {
    expect(fitting(ID, FINDING, I1, SICK).preconditions).toEqual([
      { argv: ['ip', '-4', 'rule', 'show'], stdout: RULES },
      { argv: ['ip', '-4', 'route', 'get', '10.0.10.69', 'from', '10.0.10.207'], stdout: I1_SICK.back },
      { argv: ['ip', '-4', 'route', 'show', 'table', '207'], stdout: '' },
    ]);
  });

  test('closes no door, opens the node address, is confirmed through the door that was used', () => {
    expect(fitting(ID, FINDING, I1, SICK, MANAGEMENT).doors).toEqual({
      closes: [],
      opens: ['10.0.10.207'],
      confirmThrough: ['192.168.7.7'],
    });
    expect(fitting(ID, FINDING, I1, SICK, null).doors.confirmThrough).toEqual(['10.0.10.207']);
  });

  test('has both checks clear afterwards', () => {
    expect(fitting(ID, FINDING, I1, SICK).verify).toEqual(['return-path', 'outside-return-path']);
  });

  test('takes the next table where a rule or a route uses one', () => {
    const table = (...answers: Answer[]): string =>
      argvs(fitting(ID, FINDING, I1, after(...answers)).steps)
        .at(-1)
        ?.join(' ') ?? '';
    expect(table(rules('100:\tfrom 10.0.10.9 lookup 207'))).toContain('lookup 208');
    expect(table(answered('subject', ipRouteAll, {}, '10.9.0.0/16 dev eth0 table 207 scope link \n'))).toContain(
      'lookup 208',
    );
  });

  test.each<[string, readonly Answer[], RegExp]>([
    ['the rules are a gap', after(lost(rules(), 'denied')), /could not be read/],
    ['the routes are a gap', after(lost(answered('subject', ipRoute, {}, ''), 'timed-out')), /could not be read/],
    [
      'the routes of other tables are a gap',
      after(lost(answered('subject', ipRouteAll, {}, ''), 'timed-out')),
      /could not be read/,
    ],
    [
      'the uplink has no connected route',
      after(answered('subject', ipRoute, {}, 'default via 10.0.10.1 dev eth1 \n')),
      /eth0 has no connected route/,
    ],
    [
      'there is no gateway',
      after(answered('subject', ipRoute, {}, I1_SICK.routes)),
      /no gateway in 10\.0\.10\.0\/24 is known/,
    ],
    [
      'the gateway is in another subnet',
      after(answered('subject', ipRoute, {}, `default via 10.9.9.1 dev eth1 \n${I1_SICK.routes}`)),
      /no gateway in 10\.0\.10\.0\/24 is known/,
    ],
    [
      'one of its priorities is taken',
      after(rules('30209:\tfrom 10.0.10.9 lookup main')),
      /priority from 30207 on already/,
    ],
    [
      'every table is taken',
      after(rules(...[207, 208, 209, 210].map((table) => `100:\tfrom 10.0.10.9 lookup ${table}`))),
      /no routing table is free/,
    ],
    ['the text of the rules was too long to keep', after({ ...rules(), text: null }), /not kept/],
  ])('does not fit where %s', (_, answers, why) => {
    expect(drafted(ID, FINDING, I1, answers)).toMatch(why);
  });

  test.each(['-z', '--help', '$(id)', 'a b', 'all', ''])('does not fit where the uplink is called %j', (uplink) => {
    const finding = { ...FINDING, facts: { ...FINDING.facts, uplink } };
    expect(drafted(ID, finding, I1, SICK)).toMatch(/does not write into commands/);
  });
});
