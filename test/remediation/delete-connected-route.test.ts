import { describe, expect, test } from 'vitest';
import { interfaceConfig, ipRouteGet, ipRoutePrefix } from '../../src/probe/index.ts';
import type { Answer, Finding } from '../../src/model/index.ts';
import { answered, I1, I1_SICK, i1Answers, lost, printed } from '../fake/scene.ts';
import { argvs, drafted, fitting, found, MANAGEMENT, NODE_DOOR } from './draft.ts';

const ID = 'delete-connected-route';
const CODE = 'reply-leaves-other-interface';
const SICK = i1Answers(I1_SICK);
const FINDING = found(I1, SICK, CODE);
const prefixed = (text: string): Answer => answered('subject', ipRoutePrefix, { prefix: '10.0.10.0/24' }, text);
const after = (...answers: Answer[]): readonly Answer[] => [...SICK, ...answers];
const other = (facts: Finding['facts']): Finding => ({ ...FINDING, facts: { ...FINDING.facts, ...facts } });

describe('delete-connected-route', () => {
  test('deletes exactly the line that wins, and its undo puts that line back in front', () => {
    const draft = fitting(ID, FINDING, I1, SICK);
    const line = '10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190'.split(' ');
    expect(argvs(draft.steps)).toEqual([['ip', '-4', 'route', 'del', ...line]]);
    expect(argvs(draft.undo)).toEqual([['ip', '-4', 'route', 'prepend', ...line]]);
    expect(draft.verify).toEqual(['return-path']);
  });

  test('serves the variant with strict RPF as well', () => {
    const strict = i1Answers({ ...I1_SICK, rpFilter: '1' });
    expect(fitting(ID, found(I1, strict, 'request-dropped-by-strict-rpf'), I1, strict).steps).toHaveLength(1);
  });

  test('keeps metric and source of the line', () => {
    const line = '10.0.10.0/24 dev eth1 proto dhcp scope link src 10.0.10.190 metric 100';
    const draft = fitting(ID, FINDING, I1, after(prefixed(`${line} \n${I1_SICK.routes.split('\n')[1] ?? ''}\n`)));
    expect(argvs(draft.undo)[0]?.join(' ')).toBe(`ip -4 route prepend ${line}`);
  });

  test('wants both lookups to say what they said', () => {
    expect(fitting(ID, FINDING, I1, SICK).preconditions).toEqual([
      {
        argv: ['ip', '-4', 'route', 'show', '10.0.10.0/24', 'table', 'main'],
        stdout: I1_SICK.routes,
      },
      { argv: ['ip', '-4', 'route', 'get', '10.0.10.69', 'from', '10.0.10.207'], stdout: I1_SICK.back },
    ]);
  });

  test('closes the door on eth1, opens the one on eth0 and is confirmed through it', () => {
    expect(fitting(ID, FINDING, I1, SICK, NODE_DOOR).doors).toEqual({
      closes: ['10.0.10.190'],
      opens: ['10.0.10.207'],
      confirmThrough: ['10.0.10.207'],
    });
  });

  test('is confirmed through the management door where that is how netdiag came in', () => {
    expect(fitting(ID, FINDING, I1, SICK, MANAGEMENT).doors).toEqual({
      closes: ['10.0.10.190'],
      opens: ['10.0.10.207'],
      confirmThrough: ['192.168.7.7'],
    });
  });

  test('is confirmed through the node address where no door is known', () => {
    expect(fitting(ID, FINDING, I1, SICK, null).doors.confirmThrough).toEqual(['10.0.10.207']);
  });

  test('names the file that brings the route back', () => {
    const files =
      'file /etc/network/interfaces -> \n/etc/network/interfaces:9:auto eth1\n/etc/network/interfaces:10:iface eth1 inet dhcp\n';
    const draft = fitting(ID, FINDING, I1, after(answered('subject', interfaceConfig, {}, files)));
    expect(draft.durable[0]).toBe(
      'It will come back: /etc/network/interfaces:10 configures eth1 (iface eth1 inet dhcp).',
    );
  });

  test('says so where no file was found', () => {
    expect(fitting(ID, FINDING, I1, SICK).durable[0]).toMatch(/^No file on the node was found that configures eth1/);
  });

  const loser = '10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.207 \n';
  const winner = '10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190';
  test.each<[string, Finding, readonly Answer[], RegExp]>([
    ['the routes are a gap', FINDING, after(lost(prefixed(''), 'timed-out')), /could not be read/],
    ['another route is first by now', FINDING, after(prefixed(loser)), /is not eth1's/],
    ['no route is left', FINDING, after(prefixed('')), /is not eth1's/],
    ['nobody would take over', FINDING, after(prefixed(`${winner} \n`)), /eth0 has no route/],
    [
      'the line has a flag that cannot be given back',
      FINDING,
      after(prefixed(`${winner} linkdown \n${loser}`)),
      /flags \(linkdown\)/,
    ],
    [
      'a word of the line is none for a command',
      FINDING,
      after(prefixed(`10.0.10.0/24 dev eth1 proto --help scope link src 10.0.10.190 \n${loser}`)),
      /cannot be written into a command/,
    ],
    [
      'the text of a precondition was too long to keep',
      FINDING,
      after({
        ...answered('subject', ipRouteGet, { to: '10.0.10.69', from: '10.0.10.207' }, I1_SICK.back),
        text: null,
      }),
      /preconditions was not kept/,
    ],
    ['the far end is beyond the subnet', other({ to: '10.0.0.224' }), SICK, /10\.0\.0\.224 is not in 10\.0\.10\.0\/24/],
    ['the interface is called like an option', other({ device: '-z' }), SICK, /does not write into commands/],
  ])('does not fit where %s', (_, finding, answers, why) => {
    expect(drafted(ID, finding, I1, answers)).toMatch(why);
  });

  test('a way back that could not be looked up leaves no draft', () => {
    const gone = answered('subject', ipRouteGet, { to: '10.0.10.69', from: '10.0.10.207' }, printed('', { exit: 127 }));
    expect(drafted(ID, FINDING, I1, after({ ...gone, text: null }))).toMatch(/not kept/);
  });
});
