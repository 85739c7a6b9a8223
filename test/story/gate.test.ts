import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { installGate, makeKeys } from '../adapter/ssh/gate-door.ts';
import { noLab, skipNote, startLab } from '../lab/index.ts';
import { difference, ledgerOf } from './node.ts';
import { second } from './play.ts';
import { tell } from './tell.ts';

const NODE = 'ip-10-0-10-207';

test.skipIf(noLab)(
  `an incident on nodes with gates, from the command to the repair${skipNote}`,
  { timeout: 120_000 },
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'netdiag-gates-'));
    const key = (name: string): string => join(home, name);
    makeKeys(key);
    const lab = await startLab('i1', { prefix: 'gates', dialTimeoutMs: 2000 });
    try {
      await Promise.all(
        Object.keys(lab.nodes).map((node) => installGate((argv, more) => lab.exec(node, argv, more), key)),
      );
      const config = parse(readFileSync(lab.configFile, 'utf8')) as { ssh: Record<string, unknown> };
      config.ssh = { ...config.ssh, privateKeyFile: key('check'), fixKeyFile: key('fix'), gate: true };
      writeFileSync(lab.configFile, stringify(config));
      const before = await lab.nodeState(NODE);
      const signs = { [second.id]: key('second') };
      const told = tell(lab, { node: NODE, symptom: 'kubelet-unreachable', approve: 'A', signs });
      const offered = await told.offered();
      const plan = offered.offers.find(({ state }) => state === 'waiting')?.plan;
      expect(plan).toMatchObject({ signed: true, approvals: 1, node: { gate: { version: '1', signers: 2 } } });
      expect(offered.unseen.filter(({ gap }) => gap === 'denied')).toEqual([]);
      expect(difference(before, await lab.nodeState(NODE))).toEqual([]);
      told.approve();
      const { state } = await told.ending();
      expect(state.outcome).toBe('repaired');
      expect(state.troubles).toEqual([]);
      expect(state.findings[0]?.confidence).toBe('proven');
      expect(await ledgerOf(lab, NODE)).toMatchObject([{ fix: plan?.id, state: 'confirmed' }]);
      expect(difference(before, await lab.nodeState(NODE))).toHaveLength(1);
    } finally {
      await lab.down();
      rmSync(home, { recursive: true, force: true });
    }
  },
);
