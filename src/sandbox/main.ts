import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { announcement } from './announce.ts';
import { readTour } from './browser/tour.ts';
import { readManifest } from './manifest.ts';
import { openWorkspace } from './server.ts';

const usage = 'usage: main.ts [--port N] [--manifest PATH] [--tour FILE]';

/** Opens the workspace, prints one line of JSON when it is ready, and ends when its stdin closes or on SIGTERM. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, manifest: { type: 'string' }, tour: { type: 'string' } },
  });
  const port = Number(values.port ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${values.port ?? ''} is no port. ${usage}`);
  const opened = await openWorkspace({
    manifest: readManifest(values.manifest ?? fileURLToPath(new URL('../../manifest.yml', import.meta.url))),
    port,
    ...(values.tour === undefined ? {} : { tour: readTour(values.tour) }),
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void opened.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdin.once('end', end);
  process.stdin.once('close', end);
  process.stdin.resume();
  console.log(JSON.stringify(announcement(opened)));
}

try {
  await main();
} catch (problem) {
  console.error(
    `The practice workspace did not start: ${problem instanceof Error ? problem.message : String(problem)}`,
  );
  process.exit(2);
}
