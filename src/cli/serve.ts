import { channelWitness, fileWitness, openJournal, watchAudit } from '../adapter/journal/index.ts';
import type { ServeConfig } from '../config.ts';
import { START_LIMITS } from '../shell/index.ts';
import { startBot, untilStopped } from './bot.ts';
import { connect } from './connect.ts';
import { buildHouse, PLAYBOOKS } from './house.ts';
import { jsonLog } from './log.ts';
import { policyOf, signaturesOf } from './policy.ts';
import { systemClock } from './system.ts';

/** `netdiag serve`: the bot on a real workspace and a real cluster, until it is told to stop. */
export async function serve(config: ServeConfig): Promise<number> {
  const log = jsonLog();
  if (config.slack === null) throw new TypeError('serve was called without Slack settings');
  const house = buildHouse(PLAYBOOKS, policyOf(config));
  const journal = await openJournal(config.journal.url);
  const { site, shell } = connect(config);
  const policy = { starters: config.starters ?? [], channels: config.channels ?? [], limits: START_LIMITS };
  const signatures = signaturesOf(config);
  const bot = await startBot({
    slack: config.slack,
    journal,
    house,
    sites: [site],
    policy,
    log,
    ...(signatures === undefined ? {} : { signatures }),
  });
  const { checkpointFile, channel } = config.audit;
  const witnesses = [
    ...(checkpointFile === null ? [] : [fileWitness(checkpointFile)]),
    ...(channel === null ? [] : [channelWitness(channel, (sentence) => bot.say(channel, sentence))]),
  ];
  const checkpoints = await watchAudit(journal, witnesses, systemClock, (sentence) => log('error', sentence));
  log('info', `netdiag is at work on cluster ${config.cluster.name}`);
  await untilStopped();
  log('info', 'netdiag stops: nothing new is taken, what is under way is finished');
  await bot.stop();
  await shell.closeAll();
  await checkpoints.stop();
  await journal.close();
  return 0;
}
