/** The lab's command line: `npm run lab -- LAB VERB`. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { labAvailable } from './available.ts';
import { faults } from './fault/index.ts';
import { type Lab, openLab } from './lab-handle.ts';
import { isPresent, lower } from './lower.ts';
import { knownInstances, placeOf } from './place.ts';
import { readRecord } from './record.ts';
import { faultNamed, raiseLab } from './start.ts';

const usage = `usage: npm run lab -- list
       npm run lab -- LAB up [--twin] [--dial-timeout SECONDS]
       npm run lab -- LAB symptom | fix | healthy | down
       npm run lab -- LAB run -- COMMAND…        in the controller's namespace, NETDIAG_CONFIG set
       npm run lab -- LAB exec WHERE -- COMMAND…  in a node, pod, outside host or the fabric

labs:
${faults.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

symptom and healthy exit 0 when it holds and 1 when it does not; wrong usage exits 2. --twin is the same lab without the fault.`;

class UsageError extends Error {}

async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf('--');
  const own = split === -1 ? argv : argv.slice(0, split);
  const command = split === -1 ? [] : argv.slice(split + 1);
  const { values, positionals } = parse(own);
  const [name, verb, where] = positionals;
  if (values.help || name === undefined) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  if (name === 'list') return list();
  if (!faults.some((fault) => fault.name === name)) throw new UsageError(`there is no lab "${name}"`);
  const available = labAvailable();
  if (available !== true) throw new Error(available);
  switch (verb) {
    case 'up':
      return up(name, values);
    case 'down':
      return down(name);
    case 'symptom':
    case 'healthy': {
      const { holds, lines } = await opened(name).observe(verb);
      for (const line of lines) console.log(line);
      console.log(holds ? `${verb}: yes` : `${verb}: no`);
      return holds ? 0 : 1;
    }
    case 'fix':
      await opened(name).fix();
      console.log('fixed by hand, as in the write-up');
      return 0;
    case 'run':
      return pass(opened(name), 'controller', command);
    case 'exec':
      if (where === undefined) throw new UsageError('exec needs a node, pod or host');
      return pass(opened(name), where, command);
    case undefined:
      throw new UsageError(`what shall happen to ${name}?`);
    default:
      throw new UsageError(`"${verb}" is no verb`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        twin: { type: 'boolean', default: false },
        'dial-timeout': { type: 'string', default: '30' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function list(): number {
  for (const { name, summary } of faults) {
    const { runDir } = placeOf(name);
    const record = readRecord(runDir);
    const state = record === null ? '-' : `up${record.twin ? ' (twin)' : ''} in ${runDir}`;
    console.log(`${name.padEnd(12)} ${summary}\n${''.padEnd(12)} ${state}`);
  }
  const others = knownInstances().filter((instance) => !faults.some(({ name }) => name === instance));
  if (others.length > 0) console.log(`belonging to running tests: ${others.join(', ')}`);
  return 0;
}

async function up(name: string, values: { twin: boolean; 'dial-timeout': string }): Promise<number> {
  faultNamed(name);
  const seconds = Number(values['dial-timeout']);
  if (!(seconds > 0)) throw new UsageError('--dial-timeout wants seconds');
  const place = placeOf(name);
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (interrupted = true));
  const started = process.hrtime.bigint();
  const lab = await raiseLab(place, name, { twin: values.twin, dialTimeoutMs: seconds * 1000, ownedByUs: false });
  if (interrupted) {
    await lab.down();
    console.error(`interrupted; ${name} is gone again`);
    return 130;
  }
  const took = Number((process.hrtime.bigint() - started) / 1_000_000n) / 1000;
  console.log(`${name}${lab.twin ? ' (healthy twin)' : ''} is up after ${took.toFixed(1)} s in ${lab.runDir}`);
  for (const node of Object.values(lab.nodes)) {
    const mgmt = node.mgmt === undefined ? '' : `, management ${node.mgmt}`;
    console.log(`  node ${node.name.padEnd(16)} ${node.addresses.join(', ')}${mgmt}`);
  }
  for (const pod of lab.pods)
    console.log(`  pod  ${pod.namespace}/${pod.name} ${pod.address} on ${pod.node} via ${pod.hostVeth}`);
  for (const host of Object.keys(lab.hosts)) console.log(`  host ${host}`);
  console.log(`look at it: npm run lab -- ${name} symptom, … exec ${Object.keys(lab.nodes)[0] ?? ''} -- ip route`);
  return 0;
}

async function down(name: string): Promise<number> {
  const place = placeOf(name);
  const present = isPresent(place);
  await lower(place);
  console.log(present ? `${name} is gone` : `${name} was not up`);
  return 0;
}

function opened(name: string): Lab {
  const lab = openLab(name);
  if (!lab) throw new Error(`${name} is not up: npm run lab -- ${name} up`);
  return lab;
}

function pass(lab: Lab, where: string, command: readonly string[]): Promise<number> {
  if (command.length === 0) throw new UsageError('the command to run comes after --');
  const [program = '', ...rest] = lab.enter(where, command);
  const child = spawn(program, rest, { stdio: 'inherit', env: where === 'controller' ? lab.env : process.env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${usage}` : message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
