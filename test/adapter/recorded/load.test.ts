import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadRecording, type Recording, RecordingError, saveRecording } from '../../../src/adapter/recorded/index.ts';
import { FILE_BYTES } from '../../../src/adapter/recorded/limit.ts';
import { sha256 } from '../../../src/model/index.ts';
import { recordStory } from './story.ts';

describe('loading a recording', () => {
  let recording: Recording;
  let directory: string;
  let manifest: string;
  beforeAll(async () => {
    recording = await recordStory();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'netdiag-recording-'));
    saveRecording(directory, recording);
    manifest = join(directory, 'recording.json');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const refusal = (): string => {
    try {
      loadRecording(directory);
    } catch (error) {
      expect(error).toBeInstanceOf(RecordingError);
      return error instanceof Error ? error.message : '';
    }
    return 'it was loaded';
  };
  const edit = (change: (text: string) => string): void => {
    const before = readFileSync(manifest, 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(manifest, after);
  };
  const anOutput = (ending = '.txt'): string => {
    const file = readdirSync(join(directory, 'outputs')).find((name) => name.endsWith(ending));
    if (file === undefined) throw new Error(`no ${ending} was recorded`);
    return join(directory, 'outputs', file);
  };

  test('works on what was saved', () => {
    expect(loadRecording(directory).states.size).toBe(3);
  });

  test.each([2, 0, '"1"', 'null', '{}'])('refuses format version %s', (version) => {
    edit((text) => text.replace('"version": 1', `"version": ${version}`));
    expect(refusal()).toMatch(/has format version .+; this netdiag reads 1\.$/);
  });

  test('refuses one without a version, one that is not JSON, and one that is not there', () => {
    edit((text) => text.replace('"version": 1,', ''));
    expect(refusal()).toContain('has format version none');
    edit(() => '{');
    expect(refusal()).toMatch(/is not JSON\.$/);
    rmSync(manifest);
    expect(refusal()).toMatch(/recording\.json of the recording cannot be opened: ENOENT\.$/);
  });

  test.each([
    ['a member that the format does not know', '"title":', '"surprise": 1, "title":', /Unrecognized key/],
    [
      'a path instead of a file',
      /"[0-9a-f]{64}\.txt"/,
      '"../../../../etc/passwd"',
      /Invalid input|not the name of a file/,
    ],
    ['a path that ends like a file', /"([0-9a-f]{64})\.txt"/, '"../$1.txt"', /Invalid input|not the name of a file/],
    ['a state with an odd name', '"rolled-back":', '"Rolled Back":', /Rolled Back|Invalid key/],
    ['a change to a state that is not there', '"to": "after:', '"to": "after:other-', /names the state "after:other-/],
    ['an exit status that is none', '"exit":0', '"exit":"0"', /expected int|Invalid input/],
    ['a time without end', '"ms":40', '"ms":1e300', /Too big|Invalid input/],
    ['an unknown gap', '"gap":"not-installed"', '"gap":"fine"', /Invalid/],
  ])('refuses %s', (_title, from, to, said) => {
    edit((text) => text.replace(from, to));
    expect(refusal()).toMatch(said);
  });

  test('refuses one without a broken state', () => {
    saveRecording(directory, { ...recording, states: new Map(), changes: [] });
    expect(refusal()).toMatch(/has no state "broken"\.$/);
  });

  test('a key that objects inherit is a key', () => {
    edit((text) => text.replaceAll('"[\\"hostname\\"]"', '"__proto__"'));
    expect(['it was loaded', '']).toContain(refusal());
    expect(({} as { exit?: number }).exit).toBeUndefined();
  });

  test('T15: refuses a file that was changed, is missing, or is too large', () => {
    const file = anOutput();
    const before = readFileSync(file);
    writeFileSync(file, `${before.toString()} `);
    expect(refusal()).toMatch(/holds other bytes than its name says\.$/);
    rmSync(file);
    expect(refusal()).toMatch(/cannot be opened: ENOENT\.$/);
    writeFileSync(file, new Uint8Array(FILE_BYTES + 1));
    expect(refusal()).toMatch(/is larger than \d+ bytes\.$/);
  });

  test('T15: follows no link and waits for no pipe', () => {
    const file = anOutput();
    const elsewhere = join(directory, 'elsewhere');
    writeFileSync(elsewhere, readFileSync(file));
    rmSync(file);
    symlinkSync(elsewhere, file);
    expect(refusal()).toMatch(/cannot be opened: ELOOP\.$/);
    rmSync(file);
    mkdirSync(file);
    expect(refusal()).toMatch(/is not a file\.$/);
    rmSync(file, { recursive: true });
    execFileSync('mkfifo', [file]);
    expect(refusal()).toMatch(/is not a file\.$/);
  });

  test('refuses facts of another shape', () => {
    const file = anOutput('.json');
    const facts = readFileSync(file, 'utf8');
    const other = facts.replace(/"(name|verdict)":\s?"/, '"nome":"');
    const name = `${sha256(other)}.json`;
    expect(other).not.toBe(facts);
    writeFileSync(join(directory, 'outputs', name), other);
    edit((text) => text.replaceAll(file.split('/').at(-1) ?? '', name));
    expect(refusal()).toMatch(/^outputs\/[0-9a-f]{64}\.json of .+ is not a recording: /);
  });

  test('an output too large to be kept cannot be saved either', () => {
    const broken = recording.states.get('broken')!;
    const node = new Map([
      [
        'big',
        {
          exit: 0,
          stdout: new Uint8Array(FILE_BYTES + 1),
          stderr: new Uint8Array(),
          timedOut: false,
          truncated: false,
          ms: 0,
        },
      ],
    ]);
    const states = new Map([['broken', { ...broken, outputs: new Map([['n', node]]) }]]);
    expect(() => saveRecording(directory, { ...recording, states, changes: [] })).toThrow(RecordingError);
  });
});
