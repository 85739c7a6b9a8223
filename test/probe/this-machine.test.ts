import { describe, expect, test } from 'vitest';
import { probes } from '../../src/probe/index.ts';
import { cleanText, read } from '../../src/probe/probe.ts';
import { findTool } from '../lab/available.ts';
import { run } from '../lab/command.ts';
import { outputOf } from './recorded-output.ts';

const linux = process.platform === 'linux';
const root = linux && process.getuid?.() === 0;

/** What a probe gives on the machine at hand. */
async function asked(probe: (typeof probes)[number]) {
  const argv = probe.argv({});
  if (findTool(argv[0]) === null) return { known: false, gap: 'not-installed' } as const;
  const ran = await run(argv, { env: { ...process.env, LC_ALL: 'C' } });
  return read(probe, outputOf(ran.stdout, ran.exit ?? -1, ran.stderr));
}

describe.skipIf(!root)(`cheap questions to this machine${root ? '' : ' (skipped: needs Linux and root)'}`, () => {
  test.each(probes.filter((probe) => probe.cheap).map((probe) => [probe.id, probe] as const))(
    '%s is understood, or not installed',
    async (_, probe) => {
      const reading = await asked(probe);
      expect(reading).toSatisfy(() => reading.known || reading.gap === 'not-installed' || reading.gap === 'denied');
    },
  );
});

const traceable = root && findTool('strace') !== null;
const traceNote = traceable ? '' : ' (skipped: needs Linux, root and strace)';

describe.skipIf(!traceable)(`asking changes nothing${traceNote}`, () => {
  /** Paths of files that were made or opened for writing, unlinked or renamed, outside of /dev. */
  const WRITING =
    /^(?:\d+ +)?(?:openat?\(.*"([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)|(?:unlink|rename|mkdir|creat)\w*\(.*"([^"]+)")/;

  test.each(['nstat', 'sysctl-ipv4', 'sysctl-files', 'interface-config', 'ss-listen', 'ip-route'])(
    '%s writes no file',
    async (id) => {
      const probe = probes.find((each) => each.id === id);
      const traced = await run(['strace', '-f', '-e', 'trace=file', ...(probe?.argv({}) ?? [])]);
      const written = traced.stderr.split('\n').flatMap((line) => WRITING.exec(line)?.slice(1).find(Boolean) ?? []);
      expect(traced.stderr).toContain('execve(');
      expect(written.filter((path) => !path.startsWith('/dev/'))).toEqual([]);
    },
  );

  test('the same trace sees nstat write its history where it is allowed to', async () => {
    const history = `/tmp/netdiag-nstat-${process.pid}`;
    const env = { ...process.env, NSTAT_HISTORY: history };
    const traced = await run(['strace', '-f', '-e', 'trace=file', 'nstat'], { env });
    await run(['rm', '-f', '--', history]);
    expect(traced.stderr.split('\n').some((line) => WRITING.exec(line)?.includes(history))).toBe(true);
  });
});

test('text of a node is cleaned before it is parsed', () => {
  expect(cleanText(new TextEncoder().encode('a\u001B[31m\u202Eb\r\u200B\tc\n'))).toBe(
    'a\uFFFD[31m\uFFFDb\uFFFD\uFFFD\tc\n',
  );
});
