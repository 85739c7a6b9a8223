import { existsSync, readFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'vitest';
import { noLab, skipNote } from './skip.ts';
import { readConfig } from '../../src/config.ts';
import { run } from './command.ts';
import type { Observation } from './fault/fault.ts';
import { faults } from './fault/index.ts';
import type { Lab } from './lab-handle.ts';
import { processesNaming } from './left-over.ts';
import { namespacesOf } from './namespace.ts';
import { startLab, type StartOptions } from './start.ts';

/** What `healthy` sees, tried again for some seconds: neighbours and listeners of a repaired node need a moment on a busy machine. */
async function afterAWhile(lab: Lab): Promise<Observation> {
  let seen = await lab.observe('healthy');
  for (let attempt = 0; attempt < 5 && !seen.holds; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    seen = await lab.observe('healthy');
  }
  return seen;
}

async function start({ onTestFinished }: TestContext, name: string, options: StartOptions = {}): Promise<Lab> {
  const lab = await startLab(name, options);
  onTestFinished(() => lab.down());
  return lab;
}

const files = ['/etc/hostname', '/etc/no-such-file'];

/** One of each topology every day; all of them with `npm run test:labs`. */
const EVERYDAY = ['i1', 'i2-mac', 'i3', 'i5'];
const chosen = faults.filter(({ name }) => process.env['NETDIAG_EVERY_LAB'] === '1' || EVERYDAY.includes(name));

// Most of the time a lab waits for packets that never come, so they may wait side by side.
describe.concurrent.each(chosen.map(({ name }) => name))('lab %s', (name) => {
  test.skipIf(noLab)(
    `is sick until it is fixed, then healthy${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, name);
      const states = () => Promise.all(Object.keys(lab.nodes).map((node) => lab.nodeState(node, files)));
      const before = await states();
      expect(await lab.observe('symptom')).toMatchObject({ holds: true });
      expect(await lab.observe('healthy')).toMatchObject({ holds: false });
      expect(await states()).toEqual(before);
      await lab.fix();
      expect(await afterAWhile(lab)).toMatchObject({ holds: true });
      expect(await lab.observe('symptom')).toMatchObject({ holds: false });
      expect(await states()).not.toEqual(before);
    },
    40_000,
  );

  test.skipIf(noLab)(
    `has a healthy twin, and leaves nothing behind${skipNote}`,
    async (context) => {
      const { expect } = context;
      const lab = await start(context, name, { twin: true });
      expect(await lab.observe('healthy')).toMatchObject({ holds: true });
      expect(await lab.observe('symptom')).toMatchObject({ holds: false });
      const config = readConfig({ NETDIAG_CONFIG: lab.configFile }, (path) => readFileSync(path, 'utf8'), {
        slack: false,
      });
      expect(config).toMatchObject({ mode: 'serve', cluster: { name: `lab-${name}` } });
      const stray = await lab.exec(Object.keys(lab.nodes)[0] ?? '', [
        'sh',
        '-c',
        'setsid sleep 3600 >/dev/null 2>&1 &',
      ]);
      expect(stray.exit).toBe(0);
      const prefix = lab.controllerNs.replace(/controller$/, '');
      expect(namespacesOf(prefix).length).toBeGreaterThan(4);
      expect(processesNaming(lab.runDir)).not.toEqual([]);
      await lab.down();
      expect(namespacesOf(prefix)).toEqual([]);
      expect(existsSync(lab.runDir)).toBe(false);
      expect((await run(['findmnt', '-rn', '-o', 'TARGET'])).stdout).not.toContain(lab.runDir);
      expect(processesNaming(lab.runDir)).toEqual([]);
    },
    40_000,
  );
});
