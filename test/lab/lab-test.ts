import { test } from 'vitest';
import { labAvailable } from './available.ts';

/** A test that needs the lab. Where there can be none it is skipped, and its title says why. */
export function labTest(title: string, body: () => Promise<void>, timeoutMs = 30_000): void {
  const available = labAvailable();
  if (available === true) test(title, body, timeoutMs);
  else test.skip(`${title} (skipped: ${available})`, body);
}
