import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findTool } from '../lab/available.ts';
import { startRealApiServer } from './real.ts';

test.skipIf(findTool('openssl') === null).each([
  ['binaries that end at once', 'false'],
  ['binaries that are not there', '/nonexistent/binary'],
])('%s are an error that shows their logs, and leave nothing behind', async (_, binary) => {
  const root = mkdtempSync(join(tmpdir(), 'netdiag-no-apiserver-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const starting = startRealApiServer({ apiServer: binary, etcd: binary }, root);
  await expect(starting).rejects.toThrow(/^the API server did not get ready; etcd\.log: .*; kube-apiserver\.log: /);
  expect(readdirSync(root)).toEqual([]);
});
