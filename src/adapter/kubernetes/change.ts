import type { KubernetesPatch, PatchedObject } from '../../model/index.ts';
import { redact } from '../../model/secret/redact.ts';
import type { Cluster, Clock, Granted } from '../../port.ts';
import { ASKS, type Ask } from './ask.ts';
import { hexId, objectName } from './clean.ts';
import type { Connection } from './connect.ts';
import { difference } from './difference.ts';
import { Failure } from './failure.ts';
import { isRecord, type LiveObject, type ObjectDoor, objectDoor } from './live-object.ts';
import { refusal } from './sentence.ts';

/** Where an object bears the id of the fix that changed it last. */
const FIX = 'netdiag/fix';
/** Others write to the object too, most often its status: the guard then fails although nothing that counts has changed. */
const MOST_TRIES = 5;
const PAUSE_MS = 200;

type Answer = <T>(ask: Ask, question: (to: Connection) => Promise<T>) => Promise<T>;
type Refused = Extract<Granted, { is: 'refused' }>;
/** What became of one request. `gone` and `conflict` are refusals too. */
type Asked<T> =
  | { readonly is: 'answered'; readonly value: T }
  | { readonly is: 'gone' | 'conflict' | 'refused'; readonly detail: string };

/** The part of the port that changes the cluster. `answer` makes every failure a ClusterError. */
export function changes(answer: Answer, clock: Clock): Pick<Cluster, 'rehearse' | 'patch' | 'deletePod'> {
  /** Lets the API server's own refusals come back as values; whatever leaves the end open is thrown. */
  const ask = <T>(what: Ask, question: (to: Connection) => Promise<T>): Promise<Asked<T>> =>
    answer(what, async (to) => {
      try {
        return { is: 'answered', value: await question(to) };
      } catch (error) {
        if (!(error instanceof Failure) || error.fault.is !== 'status') throw error;
        const detail = refusal(error.fault, what, to.server);
        if (detail === null) throw error;
        return { is: kindOf(error.fault.code, error.fault.status?.message ?? ''), detail };
      }
    });

  /** Reads the object, lets `decide` look at it, and sends the body that it gives, again when somebody wrote in between. */
  async function guarded<T>(
    object: PatchedObject,
    dryRun: boolean,
    decide: (live: LiveObject) => { readonly body: object } | { readonly instead: T },
    gone: (detail: string) => T,
  ): Promise<{ readonly before: LiveObject; readonly after: LiveObject } | { readonly instead: T } | Refused> {
    const door = objectDoor(object);
    if (door === null)
      return refused(`The plan is for ${nameOf(object)}, which is no object's name; nothing was changed.`);
    for (let tries = 1; ; tries += 1) {
      const read = await ask(door.reading, door.read);
      if (read.is === 'gone') return { instead: gone(read.detail) };
      if (read.is !== 'answered') return refused(read.detail);
      const decided = decide(read.value);
      if ('instead' in decided) return decided;
      const sent = await ask(naming(door, object), (to) => door.patch(to, decided.body, dryRun));
      if (sent.is === 'answered') return { before: read.value, after: sent.value };
      if (sent.is !== 'conflict' || tries === MOST_TRIES) return refused(sent.detail);
      await clock.sleep(PAUSE_MS);
    }
  }

  return {
    async rehearse(step) {
      const { object } = step;
      const seen = await guarded<Refused>(
        object,
        true,
        (live) => {
          const objection = changedSince(object, live) ?? unfit(step);
          return objection === null ? { body: guard(step, live, {}) } : { instead: refused(objection) };
        },
        refused,
      );
      if ('is' in seen) return seen;
      if ('instead' in seen) return seen.instead;
      const lines = difference(seen.before.whole, seen.after.whole);
      return { is: 'would', difference: lines.length === 0 ? lines : redact(lines.join('\n')).text.split('\n') };
    },

    async patch(step, fix, taking) {
      const { object } = step;
      const name = nameOf(object);
      const back = `${fix} taken back`;
      const decide = (live: LiveObject): { readonly body: object } | { readonly instead: Granted } => {
        const bears = live.uid === object.uid ? live.annotations[FIX] : undefined;
        const objection = unfit(step);
        if (objection !== null) return { instead: refused(objection) };
        if (taking === 'back') {
          if (bears === fix) return { body: guard(step, live, { [FIX]: back }) };
          const why =
            bears === back ? 'was taken back before' : 'does not bear this change any more, so it was left alone';
          return { instead: done(`${name} ${why}.`) };
        }
        if (bears === fix) return { instead: done(`${name} bears this change already.`) };
        if (bears === back)
          return { instead: refused(`This change of ${name} was taken back; nothing was changed again.`) };
        const changed = changedSince(object, live);
        return changed === null ? { body: guard(step, live, { [FIX]: fix }) } : { instead: refused(changed) };
      };
      const gone = (detail: string): Granted =>
        taking === 'back' ? done(`${name} is not there any more, so nothing was left to take back.`) : refused(detail);
      const ended = await guarded<Granted>(object, false, decide, gone);
      if ('is' in ended) return ended;
      if ('instead' in ended) return ended.instead;
      return done(`${name} was patched: ${step.says}.`);
    },

    async deletePod({ namespace, name, uid }) {
      if (objectName(namespace) === null || objectName(name) === null || hexId(uid) === null) {
        return refused('The plan names a pod that no cluster can have; nothing was changed.');
      }
      const pod = `pod ${namespace}/${name}`;
      const none = done(`There is no such ${pod} any more.`);
      const sent = await ask({ ...ASKS.deletePod, doing: `delete ${pod}` }, ({ changing: { core } }) =>
        core.deleteNamespacedPod({ namespace, name, body: { preconditions: { uid } } }),
      );
      if (sent.is === 'answered') return done(`The ${pod} was deleted.`);
      if (sent.is === 'gone') return none;
      if (sent.is === 'refused') return refused(sent.detail);
      const now = await ask(ASKS.pod, ({ core }) => core.readNamespacedPod({ namespace, name }));
      if (now.is === 'gone' || (now.is === 'answered' && now.value.metadata?.uid !== uid)) return none;
      return refused(sent.detail);
    },
  };
}

/** An object that is gone is named in its 404; a server that does not even know the path names nothing. */
function kindOf(code: number, message: string): 'gone' | 'conflict' | 'refused' {
  if (code === 404 && message.endsWith('" not found')) return 'gone';
  return code === 409 ? 'conflict' : 'refused';
}

/** Why the plan does not hold for the object any more; `null` when it does. */
function changedSince(object: PatchedObject, live: LiveObject): string | null {
  const name = nameOf(object);
  if (live.uid !== object.uid) {
    return `${name} was deleted and made again since the plan was made (its uid was ${object.uid} and is ${live.uid}), so nothing was changed; a new diagnosis makes a new plan.`;
  }
  if (object.generation !== null && live.generation !== object.generation) {
    return `${name} was changed by somebody else since the plan was made (its generation was ${object.generation} and is ${live.generation ?? 'unknown'}), so nothing was changed; a new diagnosis makes a new plan.`;
  }
  return null;
}

/** A patch may say what is wanted and write annotations; identity, status and everything else of the object are not its own. */
function unfit({ object, patch }: KubernetesPatch): string | null {
  const { metadata = {}, ...rest } = patch;
  const proper =
    Object.keys(rest).every((key) => key === 'spec') &&
    isRecord(metadata) &&
    Object.entries(metadata).every(([key, value]) => key === 'annotations' && isRecord(value) && !(FIX in value));
  return proper
    ? null
    : `The patch of ${nameOf(object)} would change more than its spec and its annotations; nothing was changed.`;
}

/** The patch with what makes the API server refuse it where the object is not the one that was just read. */
function guard({ patch }: KubernetesPatch, live: LiveObject, annotations: Readonly<Record<string, string>>): object {
  const { metadata } = patch;
  const given = isRecord(metadata) && isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const all = { ...given, ...annotations };
  return {
    ...patch,
    metadata: {
      uid: live.uid,
      resourceVersion: live.resourceVersion,
      ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
    },
  };
}

function naming(door: ObjectDoor, object: PatchedObject): Ask {
  return { ...door.patching, doing: `patch ${nameOf(object)}` };
}

function nameOf({ kind, namespace, name }: PatchedObject): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

function refused(detail: string): Refused {
  return { is: 'refused', detail };
}

function done(detail: string): Granted {
  return { is: 'done', detail };
}
