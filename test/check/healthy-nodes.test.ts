import { describe, expect, test } from 'vitest';
import { checks } from '../../src/check/index.ts';
import { forwarding } from '../../src/check/forwarding.ts';
import { BEYOND, outsideReturnPath } from '../../src/check/outside-return-path.ts';
import { returnPath } from '../../src/check/return-path.ts';
import { uplink } from '../../src/check/uplink.ts';
import type { Bound } from '../../src/model/index.ts';
import { ipAddr, ipRouteGet, sysctlIpv4 } from '../../src/probe/index.ts';
import {
  answered,
  boundNode,
  counted,
  I1,
  I1_SICK,
  I3,
  I3_SICK,
  i1Answers,
  i3Answers,
  readings,
} from '../fake/scene.ts';

/** One line of `ip -o addr show`. */
const held = (device: string, address: string, family = 'inet'): string =>
  `2: ${device}    ${family} ${address} scope global ${device}\\       valid_lft forever preferred_lft forever\n`;

const way = (to: string, line: string) => answered('subject', ipRouteGet, { to, from: '10.0.10.207' }, `${line}\n`);
const near = '10.0.10.69';
const settings = answered(
  'subject',
  sysctlIpv4,
  {},
  `${['all', 'lo', 'dummy0', 'eth0'].map((device) => `net.ipv4.conf.${device}.rp_filter = 0\n`).join('')}net.ipv4.ip_forward = 1\n`,
);

describe('a healthy node of another shape is never a finding', () => {
  test('the API server is reached through another network than the node address', () => {
    const bound: Bound = { ...I1, farEnd: { kind: 'api-server', address: '172.20.0.1', sender: null } };
    const told = readings(
      ...i1Answers(I1_SICK),
      way('172.20.0.1', '172.20.0.1 from 10.0.10.207 via 10.9.0.1 dev eth2'),
    );
    expect(returnPath.judge(bound, told).is).toBe('unknown');
  });

  test('the default route leads through another network, as with a public and a private interface', () => {
    const told = readings(...i1Answers(I1_SICK), way(BEYOND, `${BEYOND} from 10.0.10.207 via 198.51.100.1 dev eth1`));
    expect(outsideReturnPath.judge(I1, told).is).toBe('unknown');
  });

  test('answers that leave by the other interface and arrive all the same refute both', () => {
    const told = readings(...i1Answers(I1_SICK), way(BEYOND, `${BEYOND} from 10.0.10.207 via 10.0.10.1 dev eth1`));
    const watched = counted('answered', { story: { answersAt: [0, 7] } });
    for (const check of [returnPath, outsideReturnPath]) {
      const verdict = check.judge(I1, told);
      if (verdict.is !== 'found') throw new Error(`${check.id} is ${verdict.is}`);
      expect(verdict.findings.map((finding) => check.prove?.(finding, watched).says)).toEqual(['refuted']);
    }
  });

  test('a healthy peer that answers the outside the same way', () => {
    const told = readings(
      ...i1Answers(I1_SICK),
      way(BEYOND, `${BEYOND} from 10.0.10.207 via 10.0.10.1 dev eth1`),
      answered('peer', ipAddr, {}, held('eth0', '10.0.10.115/24')),
      answered(
        'peer',
        ipRouteGet,
        { to: BEYOND, from: '10.0.10.115' },
        `${BEYOND} from 10.0.10.115 via 10.0.10.1 dev eth1\n`,
      ),
    );
    expect(outsideReturnPath.judge(I1, told).is).toBe('clear');
  });

  test('the node address lies on lo, and any interface carries it', () => {
    const told = readings(
      ...i1Answers(I1_SICK),
      answered('subject', ipAddr, {}, held('lo', '10.0.10.207/32') + held('eth0', '169.254.7.2/30')),
      way(near, `${near} from 10.0.10.207 via 169.254.7.1 dev eth0`),
      settings,
    );
    expect(returnPath.judge(I1, told).is).toBe('unknown');
  });

  test('the node address lies on a dummy interface alone', () => {
    const told = readings(
      ...i1Answers(I1_SICK),
      answered('subject', ipAddr, {}, held('dummy0', '10.0.10.207/32')),
      way(near, `${near} from 10.0.10.207 via 169.254.7.1 dev eth0`),
      settings,
    );
    expect(returnPath.judge(I1, told).is).toBe('unknown');
  });

  test('kube-proxy in IPVS mode holds the node address a second time', () => {
    const told = readings(
      answered('subject', ipAddr, {}, held('kube-ipvs0', '10.0.10.207/32') + held('eth0', '10.0.10.207/24')),
    );
    expect(uplink(I1, told, 'subject')).toMatchObject({ known: true, value: { device: 'eth0', prefix: 24 } });
  });

  test('forwarding is off where no pod has an address of its own', () => {
    const bound: Bound = { ...I3, subject: boundNode('dev-slave-110', '10.39.0.110') };
    expect(forwarding.judge(bound, readings(...i3Answers(I3_SICK))).is).toBe('unknown');
    expect(forwarding.judge(I3, readings(...i3Answers(I3_SICK))).is).toBe('found');
  });

  test('an IPv6 node: no check throws, and none that looks for the way back finds anything', () => {
    const six = boundNode('six', 'fd00::5');
    const bound: Bound = {
      ...I1,
      subject: six,
      peer: boundNode('peer', 'fd00::6'),
      farEnd: { kind: 'api-server', address: 'fd00::9', sender: null },
    };
    const told = readings(answered('subject', ipAddr, {}, held('eth0', 'fd00::5/64', 'inet6')));
    for (const check of checks) {
      check.needs(bound, told);
      expect(check.judge(bound, told).is).not.toBe('found');
    }
  });
});
