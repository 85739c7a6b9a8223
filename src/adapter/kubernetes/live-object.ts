import type { PatchedObject } from '../../model/index.ts';
import type { Ask } from './ask.ts';
import { ASKS } from './ask.ts';
import { objectName } from './clean.ts';
import type { Connection } from './connect.ts';
import { Failure } from './failure.ts';

/** An object as the API server holds it now. */
export interface LiveObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** `null` where the kind counts none. */
  readonly generation: number | null;
  readonly annotations: Readonly<Record<string, unknown>>;
  /** All of it, as it came: the library's types would drop the fields that they do not know. */
  readonly whole: Readonly<Record<string, unknown>>;
}

/** The ways to one object that may be patched, and what RBAC calls them. */
export interface ObjectDoor {
  readonly reading: Ask;
  readonly patching: Ask;
  readonly read: (to: Connection) => Promise<LiveObject>;
  readonly patch: (to: Connection, body: object, dryRun: boolean) => Promise<LiveObject>;
}

/** How the object is read and patched; `null` when its name or namespace cannot be one. */
export function objectDoor({ kind, namespace, name }: PatchedObject): ObjectDoor | null {
  if (objectName(name) === null) return null;
  const how = (body: object, dryRun: boolean) => ({
    body,
    fieldManager: 'netdiag',
    // A field that the API server does not know would be dropped without a word, and the plan would do less than was approved.
    fieldValidation: 'Strict',
    ...(dryRun ? { dryRun: 'All' } : {}),
  });
  if (kind === 'Node') {
    if (namespace !== null) return null;
    return {
      reading: ASKS.node,
      patching: ASKS.patchNode,
      read: async ({ core }) => liveObject(await core.readNodeWithHttpInfo({ name }), kind),
      patch: async ({ changing: { core, strategic } }, body, dryRun) =>
        liveObject(await core.patchNodeWithHttpInfo({ name, ...how(body, dryRun) }, strategic), kind),
    };
  }
  if (namespace === null || objectName(namespace) === null) return null;
  const named = { name, namespace };
  return {
    reading: ASKS.daemonSet,
    patching: ASKS.patchDaemonSet,
    read: async ({ apps }) => liveObject(await apps.readNamespacedDaemonSetWithHttpInfo(named), kind),
    patch: async ({ changing: { apps, strategic } }, body, dryRun) =>
      liveObject(await apps.patchNamespacedDaemonSetWithHttpInfo({ ...named, ...how(body, dryRun) }, strategic), kind),
  };
}

async function liveObject({ body }: { readonly body: { text(): Promise<string> } }, kind: string): Promise<LiveObject> {
  const whole: unknown = JSON.parse(await body.text());
  const metadata = isRecord(whole) && whole['kind'] === kind ? whole['metadata'] : null;
  if (!isRecord(whole) || !isRecord(metadata)) throw new Failure({ is: 'shape', words: `no ${kind}` });
  const { uid, resourceVersion, generation, annotations } = metadata;
  if (typeof uid !== 'string' || typeof resourceVersion !== 'string') {
    throw new Failure({ is: 'shape', words: `a ${kind} without an identity` });
  }
  return {
    uid,
    resourceVersion,
    generation: typeof generation === 'number' ? generation : null,
    annotations: isRecord(annotations) ? annotations : {},
    whole,
  };
}

/** A JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
