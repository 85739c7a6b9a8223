import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIGNATURE_NAMESPACE } from '../../model/index.ts';
import type { Signatures } from '../../port.ts';

/** A signature is verified in a few milliseconds; a machine that needs longer has other troubles. */
const DEADLINE_MS = 10_000;

/** Verified under that principal, refused, or why nobody knows. */
type Verdict = 'good' | 'bad' | { readonly unknown: string };

/**
 * Verifies signatures with OpenSSH's own `ssh-keygen -Y verify` (8.2 or later) against a file of allowed signers, which is read anew
 * each time: https://man.openbsd.org/ssh-keygen.1#ALLOWED_SIGNERS. Keys of hardware tokens verify as well as others.
 */
export function signaturesBy(signersFile: string, program = 'ssh-keygen'): Signatures {
  return {
    async verify(text, signature, principals) {
      const home = await mkdtemp(join(tmpdir(), 'netdiag-signature-'));
      try {
        const file = join(home, 'signature');
        await writeFile(file, signature, { mode: 0o600, flag: 'wx' });
        let unknown: string | null = null;
        for (const principal of principals.filter((name) => !name.startsWith('-'))) {
          const verdict = await verified(program, signersFile, file, principal, text);
          if (verdict === 'good') return { principal };
          if (verdict !== 'bad') ({ unknown } = verdict);
        }
        if (unknown !== null) return { refusal: `The signature could not be verified: ${unknown}.` };
        return {
          refusal: `That is no valid signature of yours under this plan: it has to be made with a key of ${principals.join(' or ')}, under exactly the text that was shown.`,
        };
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  };
}

/** Asks once, with the text on stdin. The child gets no environment but where programs are, and ends with its deadline. */
function verified(
  program: string,
  signers: string,
  signature: string,
  principal: string,
  text: string,
): Promise<Verdict> {
  const argv = ['-Y', 'verify', '-f', signers, '-I', principal, '-n', SIGNATURE_NAMESPACE, '-s', signature];
  return new Promise((resolve) => {
    const child = spawn(program, argv, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (said = `${said}${piece}`.slice(0, 2000)));
    child.stdin.on('error', () => undefined);
    child.once('error', () =>
      resolve({ unknown: `${program} could not be started; it comes with OpenSSH 8.2 or later` }),
    );
    child.once('close', (status) => {
      if (status === 0) resolve('good');
      else if (status === null) resolve({ unknown: `${program} did not answer within ${DEADLINE_MS / 1000} s` });
      else resolve(UNREADABLE.test(said) ? { unknown: 'the file of allowed signers cannot be read' } : 'bad');
    });
    child.stdin.end(text);
  });
}

/** OpenSSH's words where it cannot open a file; anything else that ends in failure is a signature that is not good. */
const UNREADABLE = /(?:Unable to open|Couldn't open|open:?) .*(?:No such file|Permission denied)/i;
