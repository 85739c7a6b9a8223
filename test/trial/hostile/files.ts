import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { loadRecording, RecordingError, saveRecording } from '../../../src/adapter/recorded/index.ts';
import { failureOf } from '../../capture/fuzz/failure.ts';
import { Judge } from '../../capture/fuzz/judge.ts';
import { Mutants } from '../../capture/fuzz/mutant.ts';
import { recordStory } from '../../adapter/recorded/story.ts';
import { said, strained, tooMuch } from './strain.ts';

const PCAPS = 10_000;
const BREATH = 50;
const LONGEST_MS = 100;
const MANIFESTS = 1_000;
/** Eight megabytes of JSON as objects and as complaints about them; nothing but a practice workspace loads a recording. */
const MOST_MB = 512;

/** Takes 10,000 broken captures apart and loads recordings that are made to hurt. What is not refused in time is a complaint. */
export async function throughFiles(say: (line: string) => void, seed: number): Promise<readonly string[]> {
  return [...(await pcaps(say, seed)), ...(await recordings(say, seed))];
}

async function pcaps(say: (line: string) => void, seed: number): Promise<readonly string[]> {
  const [judge, mutants] = [new Judge(), new Mutants(seed)];
  // Warm code is what runs in a process that lives for weeks.
  for (let at = 0; at < 500; at += 1) failureOf(judge, mutants.make(PCAPS + at), PCAPS + at, 10_000);
  const { value, strain } = await strained(async () => {
    const failures: string[] = [];
    for (let at = 0; at < PCAPS; at += 1) {
      const failure = failureOf(judge, mutants.make(at), at, LONGEST_MS);
      if (failure !== null) failures.push(`pcap ${at} of seed ${seed}: ${failure}`);
      if (at % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return failures;
  });
  say(`  ${PCAPS} mutated pcaps: ${said(strain)}`);
  return [...value, ...tooMuch('mutated pcaps', strain)];
}

/** How the directory of a recording is made to hurt; `name` is the file of one of its outputs. */
const TRAPS: Readonly<Record<string, (directory: string, name: string) => void>> = {
  'a symlink to a secret': (directory, name) => {
    writeFileSync(join(directory, 'secret'), 'secret');
    replace(directory, name, (path) => symlinkSync(join(directory, 'secret'), path));
  },
  'a symlink to itself': (directory, name) => replace(directory, name, (path) => symlinkSync(path, path)),
  'a symlink to a device without end': (directory, name) =>
    replace(directory, name, (path) => symlinkSync('/dev/zero', path)),
  'a FIFO that nobody writes': (directory, name) => replace(directory, name, (path) => execFileSync('mkfifo', [path])),
  'a directory': (directory, name) => replace(directory, name, (path) => mkdirSync(path)),
  'a sparse file of 1 TB': (directory, name) => truncateSync(join(directory, 'outputs', name), 2 ** 40),
  'a gzip bomb': (directory, name) =>
    writeFileSync(join(directory, 'outputs', name), gzipSync(new Uint8Array(100_000_000))),
  'a manifest that is a FIFO': (directory) => {
    rmSync(join(directory, 'recording.json'));
    execFileSync('mkfifo', [join(directory, 'recording.json')]);
  },
  'a sparse manifest of 1 TB': (directory) => truncateSync(join(directory, 'recording.json'), 2 ** 40),
  'a manifest that is a gzip bomb': (directory) =>
    writeFileSync(join(directory, 'recording.json'), gzipSync(new Uint8Array(100_000_000))),
  'a path out of it': (directory, name) => edit(directory, (text) => text.replaceAll(name, '../../../etc/passwd')),
  'a path out of it that ends like a file': (directory, name) =>
    edit(directory, (text) => text.replaceAll(name, `../${name}`)),
  'an absolute path': (directory, name) => edit(directory, (text) => text.replaceAll(name, '/etc/passwd')),
  'depth without end': (directory) => edit(directory, () => `{"version":1,"x":${'['.repeat(200_000)}`),
  'depth that closes again': (directory) =>
    edit(directory, () => `{"version":1,"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
  'a million keys': (directory) =>
    edit(
      directory,
      () => `{"version":1,"nodes":{${Array.from({ length: 500_000 }, (_, at) => `"${at}":0`).join(',')}}}`,
    ),
};

function replace(directory: string, name: string, by: (path: string) => void): void {
  const path = join(directory, 'outputs', name);
  rmSync(path);
  by(path);
}

function edit(directory: string, change: (text: string) => string): void {
  const path = join(directory, 'recording.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

async function recordings(say: (line: string) => void, seed: number): Promise<readonly string[]> {
  const recording = await recordStory();
  const root = mkdtempSync(join(tmpdir(), 'netdiag-hostile-'));
  const complaints: string[] = [];
  let slowest = 0;
  const trap = async (says: string, spring: (directory: string, name: string) => void, mayLoad: boolean) => {
    const directory = join(root, 'recording');
    rmSync(directory, { recursive: true, force: true });
    saveRecording(directory, recording);
    const [name = ''] = readdirSync(join(directory, 'outputs'));
    spring(directory, name);
    const { value, strain } = await strained(() => Promise.resolve(loaded(directory)));
    slowest = Math.max(slowest, strain.blockedMs);
    if (value === 'loaded' && !mayLoad) complaints.push(`a recording with ${says} was loaded`);
    if (value !== 'loaded' && value !== 'refused') complaints.push(`a recording with ${says}: ${value}`);
    if (strain.grownMb > MOST_MB)
      complaints.push(`a recording with ${says}: memory grew by ${strain.grownMb.toFixed(0)} MB`);
    if (strain.descriptors > 0)
      complaints.push(`a recording with ${says}: ${strain.descriptors} descriptors stay open`);
  };
  try {
    for (const [says, spring] of Object.entries(TRAPS)) await trap(says, spring, false);
    const directory = join(root, 'mutated');
    saveRecording(directory, recording);
    const whole = readFileSync(join(directory, 'recording.json'));
    const changes = fc.sample(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      { seed, numRuns: MANIFESTS },
    );
    let refused = 0;
    for (const change of changes) {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of change) bytes[at] = byte;
      writeFileSync(join(directory, 'recording.json'), bytes);
      const end = loaded(directory);
      refused += end === 'refused' ? 1 : 0;
      if (end !== 'refused' && end !== 'loaded') complaints.push(`a mutated manifest: ${end}`);
    }
    say(`  ${Object.keys(TRAPS).length} recordings that are traps: refused, none above ${slowest.toFixed(0)} ms`);
    say(`  ${MANIFESTS} mutated manifests: ${refused} refused, none threw anything else`);
    return complaints;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function loaded(directory: string): string {
  try {
    loadRecording(directory);
    return 'loaded';
  } catch (error) {
    return error instanceof RecordingError ? 'refused' : `threw ${String(error)}`;
  }
}
