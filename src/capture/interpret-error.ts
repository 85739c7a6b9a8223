import type { CaptureStory, IcmpError, Rich, Sighting } from '../model/index.ts';
import { PART_OF } from './kind.ts';
import { rcodeName } from './rcode.ts';
import { say } from './say.ts';

/** More routers than this that complain about the same packets say nothing new. */
const MOST = 2;

const SAYS: Readonly<Record<Exclude<IcmpError, 'other' | 'too-big'>, string>> = {
  unreachable: 'says that the target is unreachable.',
  'port-unreachable': 'says that the port is unreachable.',
  prohibited: 'says that this is prohibited.',
  'time-exceeded': 'says that their time to live ran out on the way.',
};

/** What a DNS server means. RFC 1035, 4.1.1 */
const MEANS: ReadonlyMap<number, string> = new Map([
  [1, 'it does not understand the query'],
  [2, 'it could not find out'],
  [5, 'it does not want to answer this asker'],
]);

/**
 * What routers and DNS servers said of the marked packets, a sentence each: "10.0.10.1 says that they are too big: the next link takes
 * 1400 bytes.", "10.96.0.10 says SERVFAIL: it could not find out."
 */
export function errorSentences(story: CaptureStory): Rich[] {
  const said = new Map<string, Rich>();
  for (const sighting of story.ladder) {
    const sentence = sentenceOf(story, sighting);
    if (sentence === null) continue;
    const key = JSON.stringify(sentence);
    if (!said.has(key)) said.set(key, sentence);
  }
  return [...said.values()].slice(0, MOST);
}

function sentenceOf(story: CaptureStory, sighting: Sighting): Rich | null {
  const { source, kind, error, dns } = sighting;
  const who = { code: source };
  if (kind === 'dns-cut') {
    return say`${who} says that the answer does not fit into one datagram: the asker has to come again by TCP.`;
  }
  if (kind === 'dns-refused' && dns?.rcode !== undefined) {
    const means = MEANS.get(dns.rcode);
    return say`${who} says ${rcodeName(dns.rcode)}${means === undefined ? '' : `: ${means}`}.`;
  }
  if (error === undefined || error.says === 'other') return null;
  if (error.says !== 'too-big') return say`${who} ${SAYS[error.says]}`;
  const what = aboutAnswers(story, sighting) ? 'the answers' : 'they';
  if (error.mtu === undefined) return say`${who} says that ${what} are too big for the next link.`;
  return say`${who} says that ${what} are too big: the next link takes ${error.mtu} bytes.`;
}

/** Whether the error went to who was asked. */
function aboutAnswers({ ladder }: CaptureStory, { flow, target }: Sighting): boolean {
  const requests = ladder.filter((one) => one.flow === flow && PART_OF[one.kind] === 'request');
  return requests.some((request) => request.target === target);
}
