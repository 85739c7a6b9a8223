import type { CaptureStory, IcmpError, Rich } from '../model/index.ts';
import { say } from './say.ts';

/** More routers than this that complain about the same packets say nothing new. */
const MOST = 2;

const SAYS: Readonly<Record<Exclude<IcmpError, 'other' | 'too-big'>, string>> = {
  unreachable: 'says that the target is unreachable.',
  'port-unreachable': 'says that the port is unreachable.',
  prohibited: 'says that this is prohibited.',
  'time-exceeded': 'says that their time to live ran out on the way.',
};

/** What routers said of the marked packets, a sentence each: "10.0.10.1 says that they are too big: the next link takes 1400 bytes." */
export function errorSentences(story: CaptureStory): Rich[] {
  const said = new Map<string, Rich>();
  for (const { source, error } of story.ladder) {
    if (error === undefined || error.says === 'other') continue;
    const key = `${source} ${error.says}`;
    if (!said.has(key)) said.set(key, sentence(source, error.says, error.mtu));
  }
  return [...said.values()].slice(0, MOST);
}

function sentence(source: string, says: Exclude<IcmpError, 'other'>, mtu: number | undefined): Rich {
  const router = { code: source };
  if (says !== 'too-big') return say`${router} ${SAYS[says]}`;
  if (mtu === undefined) return say`${router} says that they are too big for the next link.`;
  return say`${router} says that they are too big: the next link takes ${mtu} bytes.`;
}
