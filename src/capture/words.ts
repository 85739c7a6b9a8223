import type { CaptureStory } from '../model/index.ts';

/** A noun with its plural. */
export interface Noun {
  readonly one: string;
  readonly many: string;
}

/** How requests and answers are called in one story. */
export interface StoryWords {
  readonly request: Noun;
  readonly answer: Noun;
  readonly refusal: Noun;
}

const TCP: StoryWords = {
  request: { one: 'SYN', many: 'SYNs' },
  answer: { one: 'SYN-ACK', many: 'SYN-ACKs' },
  refusal: { one: 'refusal', many: 'refusals' },
};
const ECHO: StoryWords = {
  request: { one: 'echo request', many: 'echo requests' },
  answer: { one: 'echo reply', many: 'echo replies' },
  refusal: { one: 'ICMP error', many: 'ICMP errors' },
};
const DNS: StoryWords = {
  request: { one: 'DNS query', many: 'DNS queries' },
  answer: { one: 'DNS answer', many: 'DNS answers' },
  refusal: { one: 'refusal', many: 'refusals' },
};
/** Where nothing was seen, the story does not tell what was sent. */
const UNSEEN: StoryWords = {
  request: { one: 'marked packet', many: 'marked packets' },
  answer: { one: 'answer', many: 'answers' },
  refusal: { one: 'refusal', many: 'refusals' },
};

/** The words that fit a story's packets. */
export function wordsFor(story: CaptureStory): StoryWords {
  const [first] = story.flows;
  if (first === undefined) return UNSEEN;
  if (first.flow.includes(' query ')) return DNS;
  return first.flow.includes(' echo ') ? ECHO : TCP;
}

/** `1 SYN`, `7 SYNs`, `no SYN`. */
export function counted(count: number, noun: Noun): string {
  if (count === 0) return `no ${noun.one}`;
  return `${count} ${count === 1 ? noun.one : noun.many}`;
}
