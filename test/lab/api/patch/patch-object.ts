import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../cluster/objects.ts';
import type { ApiRequest } from '../request.ts';
import { type Answer, badRequest, conflict, failure, invalid, rejected } from '../status.ts';
import { conform, TypeMismatch } from './conform.ts';
import { jsonPatch, JsonPatchError, operationsOf } from './json-patch.ts';
import { type ManagedFields, managedFieldsAfter } from './managed-fields.ts';
import { isObject, type Json, mergePatch } from './merge-patch.ts';
import { shapes } from './shape.ts';
import { goMap, strategicPatch, StrategicPatchError } from './strategic-patch.ts';
import { type Cause, causesAgainst } from './validate.ts';

/** A patch as it was sent. */
export interface Patch {
  type: 'strategic' | 'merge' | 'json';
  body: string;
  /** Who is recorded as having changed the fields. */
  manager: string;
  /** What happens to fields that do not exist. */
  fieldValidation: 'Ignore' | 'Warn' | 'Strict';
}

/** The object after the patch with warnings for the caller, or why not. `changed` is false when nothing would be different. */
export type Patched =
  | { ok: true; object: KubeObject; changed: boolean; warnings: readonly string[] }
  | { ok: false; answer: Answer };

/** Content types of patches. */
export const patchTypes: Readonly<Record<string, Patch['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

/**
 * Applies a patch as the API server does: what belongs to the server (uid, creation time, status or spec) stays as it is,
 * `metadata.resourceVersion` and `metadata.uid` in it are conditions, `metadata.generation` rises when spec changes. The resource
 * version is left for the writer to set. `kind` and `apiVersion` are the request's.
 */
export function patchObject(request: ApiRequest, kind: string, stored: KubeObject, patch: Patch, now: Date): Patched {
  const shape = shapes[kind] ?? 'any';
  const apiVersion = request.group ? `${request.group}/${request.version}` : request.version;
  const before: Json = { kind, apiVersion, ...stored };
  const applied = apply(before, patch, kind);
  if ('answer' in applied) return { ok: false, answer: applied.answer };
  let after: Json;
  let unknown: readonly string[];
  try {
    const conformed = conform(applied.document, shape);
    if (!isObject(conformed.value)) throw new TypeMismatch('the patched document is no object');
    after = conformed.value;
    unknown = conformed.unknown;
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error;
    return { ok: false, answer: unreadable(patch, applied.document, error.message) };
  }
  if (unknown.length > 0 && patch.fieldValidation === 'Strict') {
    const words = `strict decoding error: ${unknown.map((path) => `unknown field "${path}"`).join(', ')}`;
    return { ok: false, answer: unreadable(patch, applied.document, words) };
  }
  const refusal = identityRefusal(request, stored, after);
  if (refusal !== null) return { ok: false, answer: refusal };
  const object = ofServer(request, kind, stored, after);
  const causes = [...uidCauses(stored, after), ...causesAgainst(kind, before, object)];
  if (causes.length > 0) return { ok: false, answer: invalid(request, kind, causes) };
  const warnings = patch.fieldValidation === 'Warn' ? unknown.map((path) => `unknown field "${path}"`) : [];
  if (isDeepStrictEqual(object, stored)) return { ok: true, object: stored, changed: false, warnings };
  const metadata = {
    ...object.metadata,
    managedFields: managedFieldsAfter(
      (stored.metadata['managedFields'] ?? []) as ManagedFields[],
      { before: owned(stored), after: owned(object), shape },
      {
        manager: patch.manager,
        apiVersion,
        time: `${now.toISOString().slice(0, 19)}Z`,
        subresource: request.subresource,
      },
    ),
  };
  return { ok: true, object: { ...object, metadata }, changed: true, warnings };
}

function apply(before: Json, { type, body }: Patch, kind: string): { document: unknown } | { answer: Answer } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { answer: badRequest(type === 'strategic' ? words : `error decoding patch: ${words}`) };
  }
  try {
    if (type === 'json') {
      const operations = operationsOf(parsed);
      if (operations !== null) return { document: jsonPatch(before, operations) };
      const what = Array.isArray(parsed) ? 'array element' : isObject(parsed) ? 'object' : typeof parsed;
      const into = Array.isArray(parsed) ? 'handlers.jsonPatchOp' : '[]handlers.jsonPatchOp';
      return {
        answer: badRequest(`error decoding patch: json: cannot unmarshal ${what} into Go value of type ${into}`),
      };
    }
    if (!isObject(parsed)) {
      const what = Array.isArray(parsed) ? 'array' : typeof parsed;
      const words = `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`;
      return { answer: badRequest(type === 'strategic' ? words : `error decoding patch: ${words}`) };
    }
    if (type === 'merge') return { document: mergePatch(before, parsed) };
    return { document: strategicPatch(before, parsed, shapes[kind] ?? 'any') };
  } catch (error) {
    if (error instanceof JsonPatchError) return { answer: rejected };
    if (error instanceof StrategicPatchError) return { answer: failure(500, { message: error.message }) };
    throw error;
  }
}

function unreadable(patch: Patch, document: unknown, words: string): Answer {
  const value = patch.type === 'strategic' ? goMap(JSON.parse(patch.body)) : JSON.stringify(document);
  const message = `Invalid value: ${JSON.stringify(value)}: ${words}`;
  return invalid(null, '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
}

/** Whether the patched object is still the one that the request names, in the state that the patch was made for. */
function identityRefusal(request: ApiRequest, stored: KubeObject, after: Json): Answer | null {
  const metadata = isObject(after['metadata']) ? after['metadata'] : {};
  if (metadata['namespace'] !== undefined && metadata['namespace'] !== stored.metadata.namespace)
    return badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (metadata['name'] !== stored.metadata.name)
    return badRequest(
      `the name of the object (${JSON.stringify(metadata['name'] ?? '').replaceAll('"', '')}) does not match the name on the URL (${request.name})`,
    );
  const { resourceVersion } = metadata;
  const stale =
    resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== stored.metadata.resourceVersion;
  return stale ? conflict(request) : null;
}

/** Another uid is another object; the server takes it for an attempt to change the uid, and so for invalid. */
function uidCauses(stored: KubeObject, after: Json): Cause[] {
  const { uid } = isObject(after['metadata']) ? after['metadata'] : {};
  if (uid === undefined || uid === '' || uid === stored.metadata.uid) return [];
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  return [{ reason: 'FieldValueInvalid', message, field: 'metadata.uid' }];
}

/** Fields of metadata that a patch may change. */
const freeMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'];

/** The object with everything that is the server's as it was. */
function ofServer(request: ApiRequest, kind: string, stored: KubeObject, after: Json): KubeObject {
  const wanted = isObject(after['metadata']) ? after['metadata'] : {};
  const metadata: KubeObject['metadata'] = { ...stored.metadata };
  for (const field of freeMetadata) {
    if (wanted[field] === undefined) delete metadata[field];
    else metadata[field] = wanted[field];
  }
  const ofStatus = request.subresource === 'status';
  const spec = ofStatus ? stored['spec'] : defaulted(kind, after['spec']);
  const status = ofStatus ? after['status'] : stored['status'];
  if (!isDeepStrictEqual(spec, stored['spec']) && typeof metadata['generation'] === 'number')
    metadata['generation'] += 1;
  if (kind === 'DaemonSet' && !isDeepStrictEqual(templateOf(spec), templateOf(stored['spec'])))
    metadata['annotations'] = counted(metadata['annotations']);
  return { ...stored, metadata, spec, ...(status === undefined ? {} : { status }) };
}

const COUNTER = 'deprecated.daemonset.template.generation';

/** How often the template of a DaemonSet has changed is an annotation. */
function counted(annotations: unknown): Json {
  const all = isObject(annotations) ? annotations : {};
  return { ...all, [COUNTER]: String(Number(all[COUNTER] ?? 0) + 1) };
}

function templateOf(spec: unknown): unknown {
  return isObject(spec) ? spec['template'] : undefined;
}

/** What the server fills in where a patch left it out. */
function defaulted(kind: string, spec: unknown): unknown {
  if (kind !== 'DaemonSet' || !isObject(spec)) return spec;
  const strategy = isObject(spec['updateStrategy']) ? spec['updateStrategy'] : {};
  const type = strategy['type'] ?? 'RollingUpdate';
  const rolling =
    type === 'RollingUpdate'
      ? { rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...asObject(strategy['rollingUpdate']) } }
      : {};
  return { ...spec, updateStrategy: { ...strategy, type, ...rolling } };
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** What of an object has owners. */
function owned({ metadata, spec, status }: KubeObject): Json {
  const free = Object.fromEntries(
    freeMetadata.flatMap((field) => (metadata[field] === undefined ? [] : [[field, metadata[field]]])),
  );
  return { metadata: free, spec, status };
}
