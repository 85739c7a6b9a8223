import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { openJournal } from './adapter/journal/index.ts';
import { apply } from './cli/apply.ts';
import { applyRequest } from './cli/apply-request.ts';
import { connect } from './cli/connect.ts';
import { diagnose } from './cli/diagnose.ts';
import { diagnoseRequest } from './cli/diagnose-request.ts';
import { doctorRequest } from './cli/doctor/request.ts';
import { BadPlaybooks, buildHouse, PLAYBOOKS } from './cli/house.ts';
import { plainLog } from './cli/log.ts';
import { playbookGraph, playbookLint } from './cli/playbook.ts';
import { policyOf, signaturesOf } from './cli/policy.ts';
import { systemClock, systemIds } from './cli/system.ts';
import { USAGE } from './cli/usage.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Need, ServeConfig } from './config.ts';

const WRONG_USAGE = 2;
const read = (path: string): string => readFileSync(path, 'utf8');

/** The configuration of a command that never practises. */
function configured(need: Need): ServeConfig {
  const config = readConfig(process.env, read, need);
  if (config.mode !== 'serve') throw new TypeError('a command that never practises was given a practice configuration');
  return config;
}

async function main([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case undefined: {
      const config = readConfig(process.env, read, { slack: true, practice: true });
      if (config.mode === 'serve') return (await import('./cli/serve.ts')).serve(config);
      return (await import('./cli/practice.ts')).practice();
    }
    case 'serve':
      return (await import('./cli/serve.ts')).serve(configured({ slack: true }));
    case 'diagnose': {
      if (rest[0] === '--help' || rest[0] === '-h') return usage();
      const request = diagnoseRequest(rest);
      if (typeof request === 'string') return wrong(request);
      const config = configured({ slack: false });
      const house = buildHouse(PLAYBOOKS, policyOf(config));
      const journal = await openJournal(request.journal ?? 'sqlite::memory:');
      const { site, shell } = connect(config);
      const log = plainLog((text) => process.stderr.write(text));
      const { stdout: out, stderr: err, stdin: input } = process;
      try {
        const workplace = { journal, clock: systemClock, ids: systemIds, house, sites: [site], log };
        return await diagnose(request, workplace, { out, err, input });
      } finally {
        await shell.closeAll();
        await journal.close();
      }
    }
    case 'apply': {
      if (rest[0] === '--help' || rest[0] === '-h') return usage();
      const request = applyRequest(rest);
      if (typeof request === 'string') return wrong(request);
      const config = configured({ slack: false });
      const journal = await openJournal(request.journal ?? config.journal.url);
      const { site, shell } = connect(config);
      const log = plainLog((text) => process.stderr.write(text));
      const signatures = signaturesOf(config);
      const { stdout: out, stderr: err, stdin: input } = process;
      try {
        const house = buildHouse(PLAYBOOKS, policyOf(config));
        const verifying = signatures === undefined ? {} : { signatures };
        const parts = { journal, clock: systemClock, ids: systemIds, house, sites: [site], log, ...verifying };
        // The kernel's word for who runs this; the environment may say anything.
        return await apply(request, parts, { out, err, input }, userInfo().username);
      } finally {
        await shell.closeAll();
        await journal.close();
      }
    }
    case 'stop-changes':
    case 'allow-changes':
      return switched(command === 'stop-changes', rest);
    case 'doctor': {
      if (rest[0] === '--help' || rest[0] === '-h') return usage();
      const request = doctorRequest(rest);
      if (typeof request === 'string') return wrong(request);
      const { doctor } = await import('./cli/doctor/doctor.ts');
      return doctor(request, { env: process.env, read, clock: systemClock, out: process.stdout, err: process.stderr });
    }
    case 'playbook':
      return playbook(rest);
    case 'audit':
      return audit(rest);
    case 'help':
    case '--help':
    case '-h':
      return usage();
    default:
      return wrong(`netdiag has no command ${JSON.stringify(command)}.`);
  }
}

async function switched(stop: boolean, reason: readonly string[]): Promise<number> {
  const config = configured({ slack: false });
  const { switchChanges } = await import('./cli/switch-changes.ts');
  const journal = await openJournal(config.journal.url);
  try {
    const parts = { journal, clock: systemClock, house: buildHouse(PLAYBOOKS, policyOf(config)) };
    return await switchChanges(stop, reason, parts, (text) => process.stdout.write(text), userInfo().username);
  } finally {
    await journal.close();
  }
}

function playbook([word, argument]: readonly string[]): number {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  if (word === 'lint') return playbookLint(argument ?? PLAYBOOKS, say);
  if (word === 'graph') return playbookGraph(PLAYBOOKS, argument, say);
  return wrong('playbook knows two words: lint and graph.');
}

async function audit(args: readonly string[]): Promise<number> {
  const { auditPlace, auditRequest } = await import('./cli/audit-request.ts');
  const request = auditRequest(args);
  if (typeof request === 'string') return wrong(request);
  const { audit: run } = await import('./cli/audit.ts');
  const place = auditPlace(request, () => configured({ slack: false }));
  const out = (text: string): boolean => process.stdout.write(text);
  return run(request, place, { out, err: (text) => process.stderr.write(text) });
}

function usage(): number {
  process.stdout.write(USAGE);
  return 0;
}

function wrong(sentence: string): number {
  process.stderr.write(`${sentence}\n\n${USAGE}`);
  return WRONG_USAGE;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError || error instanceof BadPlaybooks ? WRONG_USAGE : 1;
}
