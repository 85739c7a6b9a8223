import fc from 'fast-check';
import { bo, ona, sam, thea } from '../../page/person.ts';

/** Something that tired people do in front of netdiag. Numbers choose among what there is, round and round. */
export type Move =
  /** `/netdiag` with one of the nodes. */
  | { readonly do: 'start'; readonly who: string; readonly node: number }
  /** `/netdiag` alone: the form is sent, or closed. */
  | { readonly do: 'form'; readonly who: string; readonly node: number; readonly send: boolean }
  /** netdiag is called by its name, in a thread or in the channel. */
  | { readonly do: 'mention'; readonly who: string; readonly node: number; readonly thread: number | null }
  /** A button that stands somewhere; a form that it opens is sent, or closed. */
  | { readonly do: 'press'; readonly who: string; readonly button: number; readonly send: boolean }
  /** The same button by two people at the same moment. */
  | { readonly do: 'twice'; readonly who: string; readonly other: string; readonly button: number }
  /** A button that stood once, from a window that was not up to date. */
  | { readonly do: 'old'; readonly who: string; readonly button: number }
  /** Something on the Home tab. */
  | { readonly do: 'home'; readonly who: string; readonly button: number }
  /** Whatever waits for an approval. */
  | { readonly do: 'approve'; readonly who: string }
  | { readonly do: 'stop'; readonly who: string }
  /** Words that are no order. */
  | { readonly do: 'babble'; readonly who: string; readonly words: string }
  /** Everybody waits until netdiag has nothing more to do. */
  | { readonly do: 'wait' }
  /** So many minutes go by. */
  | { readonly do: 'later'; readonly minutes: number }
  /** netdiag is restarted. */
  | { readonly do: 'restart' };

const who = fc.constantFrom(ona, ona, sam, sam, thea, bo);
const some = fc.nat({ max: 30 });
const node = fc.nat({ max: 5 });

const WORDS = ['/netdiag list', '/netdiag help', '/netdiag nothing-like-it', '/netdiag a b c', '/netdiag <!here>'];

const one: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), who, node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('form' as const), who, node, send: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('mention' as const), who, node, thread: fc.option(some) }),
  },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant('press' as const), who, button: some, send: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('twice' as const), who, other: who, button: some }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('old' as const), who, button: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('home' as const), who, button: some }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('approve' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('babble' as const), who, words: fc.constantFrom(...WORDS) }) },
  { weight: 6, arbitrary: fc.constant({ do: 'wait' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('later' as const), minutes: fc.constantFrom(1, 2, 10, 16, 60) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

/** A night of tired people: it begins with a start, so that there is something to do wrong. */
export const nights: fc.Arbitrary<readonly Move[]> = fc
  .tuple(fc.nat({ max: 1 }), fc.array(one, { minLength: 8, maxLength: 24 }))
  .map(([first, moves]) => [{ do: 'start', who: ona, node: first }, { do: 'wait' }, ...moves]);

/** The move in a few words, for whoever has to play it again. */
export function told(move: Move): string {
  const { do: doing, ...rest } = move;
  return [doing, ...Object.values(rest)].join(' ');
}
