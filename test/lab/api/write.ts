import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../cluster/objects.ts';
import type { ClusterState } from '../cluster/state.ts';
import { keyOf, updateState } from '../cluster/store.ts';
import { markedForDeletion } from '../control/deletion.ts';
import { isObject, type Json } from './patch/merge-patch.ts';
import { type Patch, patchObject, patchTypes } from './patch/patch-object.ts';
import type { ApiRequest } from './request.ts';
import { apiVersionOf, isNamed, type Served, servedBy } from './served.ts';
import {
  type Answer,
  badRequest,
  conflict,
  invalid,
  methodNotAllowed,
  noSuchPath,
  notFound,
  unsupportedMediaType,
} from './status.ts';

/** PATCH of an object or of its status; stores what came out of it unless the request is a dry run. */
export function patchAnswer(
  file: string,
  request: ApiRequest,
  body: string,
  headers: IncomingMessage['headers'],
): Answer {
  const entry = servedBy(request);
  if (!entry || (request.subresource !== '' && request.subresource !== 'status')) return noSuchPath;
  if (entry.patched !== true) return methodNotAllowed(request);
  const type = patchTypes[(headers['content-type'] ?? '').split(';')[0] ?? ''];
  if (type === undefined) return unsupportedMediaType(Object.keys(patchTypes));
  const refusal = optionsRefusal(request, 'PatchOptions');
  if (refusal !== null) return refusal;
  const manager = request.query.get('fieldManager') ?? (headers['user-agent'] ?? 'unknown').split('/')[0] ?? '';
  const fieldValidation = (request.query.get('fieldValidation') ?? 'Warn') as Patch['fieldValidation'];
  let answer: Answer = notFound(request);
  const after = writing(file, request, entry, (stored) => {
    const patched = patchObject(request, entry.kind, stored, { type, body, manager, fieldValidation }, new Date());
    if (!patched.ok) {
      answer = patched.answer;
      return null;
    }
    answer = { code: 200, body: view(request, entry, patched.object), warnings: patched.warnings };
    return patched.changed && !isDryRun(request) ? patched.object : null;
  });
  return after === null ? answer : { ...answer, body: view(request, entry, after) };
}

/** DELETE of a pod: with a grace period it is marked, and gone when its kubelet says so; without one it is gone at once. */
export function deleteAnswer(file: string, request: ApiRequest, body: string): Answer {
  const entry = servedBy(request);
  if (!entry || request.subresource !== '') return noSuchPath;
  if (request.resource !== 'pods') return methodNotAllowed(request);
  let options: Json = {};
  if (body.trim() !== '') {
    try {
      const parsed: unknown = JSON.parse(body);
      if (!isObject(parsed)) return badRequest('the body is no DeleteOptions');
      options = parsed;
    } catch (error) {
      return badRequest(error instanceof Error ? error.message : String(error));
    }
  }
  const refusal = optionsRefusal(request, 'DeleteOptions', options['dryRun']);
  if (refusal !== null) return refusal;
  const asked = options['gracePeriodSeconds'] ?? request.query.get('gracePeriodSeconds') ?? undefined;
  const seconds = asked === undefined ? undefined : Number(asked);
  if (seconds !== undefined && !Number.isInteger(seconds)) return badRequest('gracePeriodSeconds is no whole number');
  let answer: Answer = notFound(request);
  writing(file, request, entry, (stored) => {
    const failed = preconditionRefusal(request, entry, stored, options['preconditions']);
    if (failed !== null) {
      answer = failed;
      return null;
    }
    const left = markedForDeletion(stored, seconds, new Date());
    answer = { code: 200, body: view(request, entry, left ?? stored) };
    return isDryRun(request) || Array.isArray(options['dryRun']) ? null : (left ?? 'gone');
  });
  return answer;
}

/** Lets `change` decide about the named object, under the state's lock: another object, none (`gone`), or nothing (null). */
function writing(
  file: string,
  request: ApiRequest,
  { store }: Served,
  change: (stored: KubeObject) => KubeObject | 'gone' | null,
): KubeObject | null {
  let key: string | null = null;
  const state = updateState(file, (before) => {
    const list = before.objects[store] ?? [];
    const stored = list.find(isNamed(request));
    const wanted = stored === undefined ? null : change(stored);
    if (wanted === null || stored === undefined || wanted === stored) return before;
    if (wanted !== 'gone') key = keyOf(stored);
    const next =
      wanted === 'gone' ? list.filter((one) => one !== stored) : list.map((one) => (one === stored ? wanted : one));
    return { ...before, objects: { ...before.objects, [store]: next } };
  });
  return key === null ? null : (named(state, store, key) ?? null);
}

function named(state: ClusterState, store: string, key: string): KubeObject | undefined {
  return state.objects[store]?.find((object) => keyOf(object) === key);
}

function view(request: ApiRequest, { kind }: Served, object: KubeObject): object {
  return { kind, apiVersion: apiVersionOf(request), ...object };
}

function isDryRun(request: ApiRequest): boolean {
  return request.query.getAll('dryRun').length > 0;
}

function optionsRefusal(request: ApiRequest, kind: string, inBody?: unknown): Answer | null {
  const asked = [...request.query.getAll('dryRun'), ...(Array.isArray(inBody) ? inBody : [])];
  const wrong = asked.find((one) => one !== 'All');
  const meta = { ...request, group: 'meta.k8s.io', name: '' };
  if (wrong !== undefined) {
    const message = `Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`;
    return invalid(meta, kind, [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }]);
  }
  const validation = request.query.get('fieldValidation');
  if (validation === null || ['Ignore', 'Warn', 'Strict'].includes(validation)) return null;
  const message = `Unsupported value: ${JSON.stringify(validation)}: supported values: "", "Ignore", "Strict", "Warn"`;
  return invalid(meta, kind, [{ reason: 'FieldValueNotSupported', message, field: 'fieldValidation' }]);
}

function preconditionRefusal(
  request: ApiRequest,
  { kind }: Served,
  stored: KubeObject,
  wanted: unknown,
): Answer | null {
  if (!isObject(wanted)) return null;
  const { uid, resourceVersion } = wanted;
  const { metadata } = stored;
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${JSON.stringify(uid).replaceAll('"', '')}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    return conflict(request, why, kind);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${JSON.stringify(resourceVersion).replaceAll('"', '')}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    return conflict(request, why, kind);
  }
  return null;
}
