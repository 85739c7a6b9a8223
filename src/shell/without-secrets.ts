import type { Output } from '../model/index.ts';
import { redactBytes } from '../model/secret/redact.ts';

/**
 * What commands printed, without the secrets in it. Asked of every output before it is read, kept or shown, so that none reaches the
 * journal: a diagnosis needs no secret, and what was cut says so.
 */
export function withoutSecrets(outputs: readonly Output[]): readonly Output[] {
  return outputs.map((output) => ({
    ...output,
    stdout: redactBytes(output.stdout).bytes,
    stderr: redactBytes(output.stderr).bytes,
  }));
}
