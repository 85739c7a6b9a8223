import { describe, test, type TestContext } from 'vitest';
import { noLab, skipNote } from './skip.ts';
import { echoes, knock } from './knock.ts';
import type { Lab } from './lab-handle.ts';
import { startLab, type StartOptions } from './start.ts';
import * as aws from './topology/aws-vpc.ts';
import * as cal from './topology/calico.ts';
import { counter, watch } from './watch.ts';

async function start({ onTestFinished }: TestContext, name: string, options: StartOptions = {}): Promise<Lab> {
  const lab = await startLab(name, options);
  onTestFinished(() => lab.down());
  return lab;
}

/** TCP flags, `S` or `S.`, of the packets to or from the subject's kubelet that were seen on each of its two interfaces. */
async function flagsDuringKnock(lab: Lab): Promise<{ eth0: Set<string>; eth1: Set<string> }> {
  const watches = await Promise.all(
    ['eth0', 'eth1'].map((ifname) => watch(lab, aws.subject, ifname, 'tcp port 10250 and host 10.0.10.69')),
  );
  await knock(lab, aws.controlPlane, '10.0.10.207', 10250);
  const [eth0 = [], eth1 = []] = await Promise.all(watches.map((each) => each.end()));
  const flags = (lines: string[]) => new Set(lines.map((line) => /Flags \[([^\]]+)\]/.exec(line)?.[1] ?? line));
  return { eth0: flags(eth0), eth1: flags(eth1) };
}

describe.concurrent('what the kernel shows is what the incidents tell', () => {
  test.skipIf(noLab)(
    `i1: SYNs on eth0 only, SYN-ACKs on eth1 only${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i1');
      const { eth0, eth1 } = await flagsDuringKnock(lab);
      expect(eth0).toEqual(new Set(['S']));
      expect(eth1).toEqual(new Set(['S.']));
      const route = await lab.exec(aws.subject, ['ip', 'route', 'get', '10.0.10.69', 'from', '10.0.10.207']);
      expect(route.stdout).toMatch(/^10\.0\.10\.69 from 10\.0\.10\.207 dev eth1 /);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i1's twin: the whole handshake on eth0, eth1 silent${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i1', { twin: true });
      const { eth0, eth1 } = await flagsDuringKnock(lab);
      expect([...eth0]).toEqual(expect.arrayContaining(['S', 'S.', '.']));
      expect(eth1).toEqual(new Set());
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i1: after the repair a client of another subnet still gets no answer${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i1');
      await lab.fix();
      expect(await knock(lab, aws.controlPlane, '10.0.10.207', 10250)).toBe('open');
      expect(await knock(lab, aws.outsideClient, '10.0.10.207', 10250)).toBe('timed-out');
      expect(await knock(lab, aws.outsideClient, '10.0.10.115', 10250)).toBe('open');
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i1-strict: the filter's counter rises by the number of SYNs, eth1 silent${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i1-strict');
      const before = await counter(lab, aws.subject, 'TcpExtIPReversePathFilter');
      const filter = 'tcp port 10250 and host 10.0.10.69';
      const [eth0, eth1] = await Promise.all([
        watch(lab, aws.subject, 'eth0', filter),
        watch(lab, aws.subject, 'eth1', filter),
      ]);
      await knock(lab, aws.controlPlane, '10.0.10.207', 10250);
      const [seen, answers] = await Promise.all([eth0.end(), eth1.end()]);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.every((line) => line.includes('Flags [S],'))).toBe(true);
      expect(answers).toEqual([]);
      expect((await counter(lab, aws.subject, 'TcpExtIPReversePathFilter')) - before).toBe(seen.length);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i1-one-door: the repair closes one door and opens the other${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i1-one-door');
      expect(await knock(lab, 'controller', '10.0.10.207', 22)).toBe('timed-out');
      expect(await knock(lab, 'controller', '10.0.10.190', 22)).toBe('open');
      await lab.fix();
      expect(await knock(lab, 'controller', '10.0.10.207', 22)).toBe('open');
      expect(await knock(lab, 'controller', '10.0.10.190', 22)).toBe('timed-out');
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i3: requests leave the pod, replies reach eth0 and are not forwarded${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i3');
      const before = await counter(lab, cal.subject, 'IpInAddrErrors');
      const [veth, eth0] = await Promise.all([
        watch(lab, cal.subject, 'calidc7f3a1b60c', 'icmp and host 8.8.8.8'),
        watch(lab, cal.subject, 'eth0', 'icmp and host 8.8.8.8'),
      ]);
      await echoes(lab, '192.168.4.25', '8.8.8.8', 3);
      const [onVeth, onEth0] = await Promise.all([veth.end(), eth0.end()]);
      const ends = (lines: string[]) => lines.map((line) => / IP (.*), id /.exec(line)?.[1] ?? line);
      const reply = '8.8.8.8 > 10.39.0.110: ICMP echo reply';
      const translated = '10.39.0.110 > 8.8.8.8: ICMP echo request';
      const request = '192.168.4.25 > 8.8.8.8: ICMP echo request';
      expect(ends(onVeth)).toEqual([request, request, request]);
      expect(ends(onEth0)).toEqual([translated, reply, translated, reply, translated, reply]);
      expect((await counter(lab, cal.subject, 'IpInAddrErrors')) - before).toBe(3);
      const plain = await lab.exec(cal.subject, ['ip', 'route', 'get', '192.168.4.25']);
      const forwarded = await lab.exec(cal.subject, [
        'ip',
        'route',
        'get',
        '192.168.4.25',
        'from',
        '8.8.8.8',
        'iif',
        'eth0',
      ]);
      expect(plain).toMatchObject({ exit: 0 });
      expect(forwarded.stderr).toContain('No route to host');
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i3's twin: every request of the pod is answered${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i3', { twin: true });
      const before = await counter(lab, cal.subject, 'IpInAddrErrors');
      expect(await echoes(lab, '192.168.4.25', '8.8.8.8', 3)).toBe(3);
      expect((await counter(lab, cal.subject, 'IpInAddrErrors')) - before).toBe(0);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i3-uplink: writing ip_forward=1 again does nothing${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i3-uplink');
      expect((await lab.exec(cal.subject, ['sysctl', '-w', 'net.ipv4.ip_forward=1'])).exit).toBe(0);
      expect(await echoes(lab, cal.peer, '192.168.4.25')).toBe(0);
      await lab.fix();
      expect(await echoes(lab, cal.peer, '192.168.4.25')).toBe(2);
    },
    40_000,
  );
});
