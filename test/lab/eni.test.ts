import { describe, test, type TestContext } from 'vitest';
import { podMatrix, nodePortOpens } from './fault/eni-matrix.ts';
import type { Lab } from './lab-handle.ts';
import { noLab, skipNote } from './skip.ts';
import { startLab, type StartOptions } from './start.ts';
import * as eni from './topology/eni.ts';
import { counter, watch } from './watch.ts';

async function start({ onTestFinished }: TestContext, name: string, options: StartOptions = {}): Promise<Lab> {
  const lab = await startLab(name, options);
  onTestFinished(() => lab.down());
  return lab;
}

const dropped = (lab: Lab): Promise<number> => counter(lab, eni.subject, 'TcpExtIPReversePathFilter');
/** The client's end of every connection of the tests. */
const CLIENT = 'host 198.51.100.24';

/** TCP flags of the packets to and from the client on the subject's two ENIs while the matrix is tried. */
async function flagsDuringMatrix(lab: Lab) {
  const watches = await Promise.all(
    ['eth0', 'eth1'].map((device) => watch(lab, eni.subject, device, `tcp and ${CLIENT}`)),
  );
  const matrix = await podMatrix(lab);
  const [eth0 = [], eth1 = []] = await Promise.all(watches.map((each) => each.end()));
  const carrying = (lines: string[], flags: string) => lines.filter((line) => line.includes(`Flags [${flags}],`));
  /** Connections, however often their packets were sent again. */
  const distinct = (lines: string[]): number =>
    new Set(lines.map((line) => /(\S+) > (\S+):/.exec(line)?.slice(1).join(' ') ?? line)).size;
  return {
    seen: {
      matrix,
      answersOnEth0: distinct(carrying(eth0, 'S.')),
      requestsOnEth1: distinct(carrying(eth1, 'S')),
      answersOnEth1: distinct(carrying(eth1, 'S.')),
    },
    /** Every SYN on eth1, repeated ones too. */
    syns: carrying(eth1, 'S').length,
  };
}

describe.concurrent('what the kernel shows of secondary ENIs is what the incidents tell', () => {
  test.skipIf(noLab)(
    `i4a: 3 of 9, and the filter's counter rises by every SYN for the 6 pods on eth1${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i4a');
      const before = await dropped(lab);
      const { seen, syns } = await flagsDuringMatrix(lab);
      expect(seen).toEqual({ matrix: { eth0: 3, eth1: 0 }, answersOnEth0: 3, requestsOnEth1: 6, answersOnEth1: 0 });
      expect(syns).toBeGreaterThanOrEqual(6);
      expect((await dropped(lab)) - before).toBe(syns);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i4a, the trap: with rp_filter=2 on eth1 nothing is dropped, the answers leave eth0 and are lost: still 3 of 9${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i4a');
      await lab.exec(eni.subject, ['sysctl', '-w', 'net.ipv4.conf.eth1.rp_filter=2']);
      const before = await dropped(lab);
      const { seen } = await flagsDuringMatrix(lab);
      expect(seen).toMatchObject({ matrix: { eth0: 3, eth1: 0 }, requestsOnEth1: 6, answersOnEth1: 0 });
      expect(seen.answersOnEth0).toBe(9);
      expect((await dropped(lab)) - before).toBe(0);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i4a's twin: 9 of 9, every answer on the ENI of its request, nothing dropped${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i4a', { twin: true });
      const before = await dropped(lab);
      const { seen } = await flagsDuringMatrix(lab);
      expect(seen).toEqual({ matrix: { eth0: 3, eth1: 6 }, answersOnEth0: 3, requestsOnEth1: 6, answersOnEth1: 6 });
      expect((await dropped(lab)) - before).toBe(0);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i4b: 3 of 9 by the NodePort, and the filter's counter rises by the other 6; in the twin 9 of 9 and by none${skipNote}`,
    async (context) => {
      const { expect } = context;
      const [sick, twin] = await Promise.all([start(context, 'i4b'), start(context, 'i4b', { twin: true })]);
      for (const [lab, open] of [
        [sick, 3],
        [twin, 9],
      ] as const) {
        const before = await dropped(lab);
        expect(await nodePortOpens(lab)).toBe(open);
        expect((await dropped(lab)) - before).toBe(9 - open);
      }
    },
    40_000,
  );

  test.skipIf(noLab)(
    `i5: table 2 is empty and eth1 gone while rules and pods still use them${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, 'i5');
      const table = await lab.exec(eni.subject, ['ip', '-4', 'route', 'show', 'table', '2']);
      expect(table.stdout.trim()).toBe('');
      expect((await lab.exec(eni.subject, ['ip', 'link', 'show', 'eth1'])).exit).not.toBe(0);
      const rules = await lab.exec(eni.subject, ['ip', '-4', 'rule', 'show']);
      for (const address of eni.podsOn('eth1')) {
        expect(rules.stdout).toContain(`from ${address} lookup 2`);
        expect((await lab.exec(address, ['ip', '-4', '-br', 'addr'])).stdout).toContain(`${address}/32`);
      }
    },
    40_000,
  );
});
