import type { Approval, Person } from './approval.ts';
import type { WatchPlan } from './capture.ts';
import type { Health } from './event.ts';
import type { Attachment } from './message.ts';
import type { Plan } from './plan.ts';
import type { Digest, Question } from './reading.ts';
import type { NodeRole } from './role.ts';
import type { ExpectedTraffic, StimulusPlan } from './stimulus.ts';

/** What the shell is asked to do. Each becomes one row, runs at least once, and its outcome comes back as an event. */
export type Deed =
  | { readonly do: 'locate'; readonly node: string }
  | { readonly do: 'survey'; readonly role: NodeRole; readonly node: string; readonly questions: readonly Question[] }
  | { readonly do: 'watch'; readonly stimulus: StimulusPlan; readonly watch: WatchPlan }
  /** Watch while people repeat what fails; nothing is sent. */
  | { readonly do: 'watch-users'; readonly expected: ExpectedTraffic; readonly watch: WatchPlan }
  /** Update or post what the state wants to tell in this slot; a lower revision than the state's is skipped. */
  | { readonly do: 'show'; readonly slot: string; readonly revision: number }
  | { readonly do: 'attach'; readonly files: readonly Attachment[] }
  /** Put everything that is known of the incident into its thread, as one file; as Markdown, what people read of it. */
  | { readonly do: 'export'; readonly as?: 'markdown' }
  | { readonly do: 'whisper'; readonly to: Person; readonly sentence: string }
  /** The only effect that changes a node by itself; carries the approval that opens the door. */
  | { readonly do: 'change'; readonly plan: Plan; readonly approval: Approval }
  | {
      readonly do: 'verify';
      readonly plan: Plan;
      readonly questions: readonly Question[];
      readonly stimulus: StimulusPlan | null;
      readonly watch: WatchPlan | null;
      /** 2: the packets are sent twice and counted; absent: once, and only their answers. */
      readonly rounds?: 2;
      readonly askApiServer: boolean;
    }
  /** Disarm the rollback, or ask for it now, or wait for it; then compare node state. */
  | { readonly do: 'settle'; readonly plan: Plan; readonly verb: 'confirm' | 'roll-back' | 'await' }
  /** Ask the API server what a plan's patches would change, without changing anything. */
  | { readonly do: 'rehearse'; readonly plan: Plan }
  /**
   * Read what a confirmed plan has left: before its undo is offered, or (`applied`) once the undo is. `through`: the doors that may be
   * used; `null`: any.
   */
  | {
      readonly do: 'look-back';
      readonly plan: Plan;
      /** Id of the plan that undoes it. */
      readonly undo: string;
      readonly applied: boolean;
      readonly through: readonly string[] | null;
    }
  /** Ask whether a plan on offer could begin now, beside other changes and with the cluster as healthy as it is. */
  | { readonly do: 'foresee'; readonly plan: Plan }
  /** Read what a Kubernetes step is compared with once it is done, so that doing it again after a crash compares with the same. */
  | {
      readonly do: 'prepare';
      readonly plan: Plan;
      readonly approval: Approval;
      readonly list: 'apply' | 'undo';
      readonly nth: number;
    }
  /** One Kubernetes step of an approved plan; carries the approval that opens the door. */
  | {
      readonly do: 'cluster-step';
      readonly plan: Plan;
      readonly approval: Approval;
      readonly list: 'apply' | 'undo';
      readonly nth: number;
      /** Uids of the pods that the owner of a pod to be deleted had before; empty for a patch. */
      readonly there: readonly string[];
      /** How well the nodes were that this step concerns; absent: none. */
      readonly health?: readonly Health[];
      /** Node state before the first step, to compare with after the last; `null` where there is none. */
      readonly before: Digest | null;
    }
  /** Ask the other nodes of the pool whether they have the same cause; `also`: one of the other causes that were mended with it. */
  | {
      readonly do: 'sweep';
      readonly finding: string;
      readonly check: string;
      readonly also?: readonly { readonly finding: string; readonly check: string }[];
    }
  | { readonly do: 'wake'; readonly name: string; readonly at: number };

/** A deed with the key that makes it unique within its incident. */
export type Effect = { readonly key: string } & Deed;
