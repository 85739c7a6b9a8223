import type { MessageRef, Person, Place } from '../../model/index.ts';
import { readActions } from './payload/actions.ts';
import { readEvent } from './payload/event.ts';
import { readShortcut } from './payload/shortcut.ts';
import { readSlash } from './payload/slash.ts';
import { readSubmission } from './payload/submission.ts';
import { readSuggestion } from './payload/suggestion.ts';

/** Who acted, in which workspace. */
export interface Actor {
  readonly by: Person;
  readonly team: string;
}

/** Who acted, where, and the address at which Slack takes an answer for that person alone (5 times within 30 minutes). */
export interface Source {
  readonly by: Person;
  readonly place: Place;
  readonly responseUrl: string | null;
  /** They acted in the Home tab, and look there for the answer. */
  readonly home?: true;
  /** The message that they acted on; absent where it was none. */
  readonly message?: MessageRef;
}

/** What netdiag does once it is recorded and acknowledged. `key` names its cause: the same one twice is one wish. */
export type Wish =
  | {
      readonly is: 'start';
      readonly key: string;
      readonly node: string;
      readonly symptom: string | null;
      readonly source: Source;
      /** It came from a form, which can show what is wrong with it. */
      readonly form: boolean;
      /** The person may be looking elsewhere, and is told where the thread is. */
      readonly elsewhere: boolean;
    }
  | {
      readonly is: 'press';
      readonly key: string;
      readonly token: string;
      readonly reason: string | null;
      /** What somebody pasted as their signature; absent: they were not asked for one. */
      readonly signature?: string;
      readonly source: Source;
    }
  /** To stop all changes, or to allow them again. */
  | {
      readonly is: 'switch';
      readonly key: string;
      readonly stop: boolean;
      readonly reason: string;
      readonly source: Source;
    }
  /** To be asked for the node. `source` is null where no channel is known. */
  | {
      readonly is: 'ask';
      readonly key: string;
      readonly trigger: string;
      readonly actor: Actor;
      readonly source: Source | null;
    }
  /** To be asked why. */
  | {
      readonly is: 'reason';
      readonly key: string;
      readonly token: string;
      readonly trigger: string;
      readonly source: Source;
    }
  /** To be shown what to sign. `alone`: to approve alone, in an emergency. */
  | {
      readonly is: 'sign';
      readonly key: string;
      readonly token: string;
      readonly trigger: string;
      readonly alone: boolean;
      readonly source: Source;
    }
  /** To find the node that some words name. `trigger` is null where no form can be opened. */
  | {
      readonly is: 'find';
      readonly key: string;
      readonly words: string;
      readonly trigger: string | null;
      readonly source: Source;
    };

/** What a payload of Slack's asks for. */
export type Inbound =
  | Wish
  /** Which incidents are open. */
  | { readonly is: 'list'; readonly source: Source }
  /** The Home tab was opened. */
  | { readonly is: 'home'; readonly actor: Actor }
  /** Node names for what was typed so far. */
  | { readonly is: 'suggest'; readonly typed: string; readonly actor: Actor }
  /** Nothing to do but to say this to the person. */
  | { readonly is: 'say'; readonly sentence: string; readonly source: Source }
  | { readonly is: 'nothing' };

const readers = [readSlash, readActions, readSubmission, readSuggestion, readShortcut, readEvent] as const;

/** Reads a payload as Slack delivers it. Whatever netdiag does not know is nothing; it never throws. */
export function read(body: unknown): Inbound {
  for (const reader of readers) {
    const inbound = reader(body);
    if (inbound !== null) return inbound;
  }
  return { is: 'nothing' };
}

/** Whether it has to be recorded before it is acknowledged. */
export function isWish(inbound: Inbound): inbound is Wish {
  return ['start', 'press', 'switch', 'ask', 'reason', 'sign', 'find'].includes(inbound.is);
}
