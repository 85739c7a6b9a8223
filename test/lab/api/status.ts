import type { Cause } from './patch/validate.ts';
import { type ApiRequest, longName } from './request.ts';

/** An answer: its code and its body, which is JSON unless `type` says otherwise. */
export interface Answer {
  code: number;
  body: unknown;
  type?: string;
  /** Texts of Warning headers. */
  warnings?: readonly string[];
}

interface Failure {
  message: string;
  reason?: string;
  details?: object;
}

/** A Status body in the field order of the real API server. */
export function failure(code: number, { message, reason, details }: Failure): Answer {
  return {
    code,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    },
  };
}

/** 401: no known token. */
export const unauthorized = failure(401, { message: 'Unauthorized', reason: 'Unauthorized' });

/** 404 of a path that names nothing; the real server answers with plain text. */
export const noSuchPath: Answer = { code: 404, body: '404 page not found\n', type: 'text/plain; charset=utf-8' };

function details(request: ApiRequest): object {
  return {
    ...(request.name ? { name: request.name } : {}),
    ...(request.group ? { group: request.group } : {}),
    kind: request.resource,
  };
}

/** 404 of an object that does not exist. */
export function notFound(request: ApiRequest): Answer {
  const message = `${longName(request)} "${request.name}" not found`;
  return failure(404, { message, reason: 'NotFound', details: details(request) });
}

/** 403: the user is known (or anonymous) and may not. */
export function forbidden(request: ApiRequest, user: string): Answer {
  const what = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
  const where = request.namespace ? `in the namespace "${request.namespace}"` : 'at the cluster scope';
  const named = request.name ? ` "${request.name}"` : '';
  const message = `${longName(request)}${named} is forbidden: User "${user}" cannot ${request.verb} resource "${what}" in API group "${request.group}" ${where}`;
  return failure(403, { message, reason: 'Forbidden', details: details(request) });
}

/** 400 of a selector that the resource does not support or that cannot be read. */
export function badRequest(message: string): Answer {
  return failure(400, { message, reason: 'BadRequest' });
}

/** 409 of a write that was made for another state of the object. */
export function conflict(
  request: ApiRequest,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
  what = longName(request),
): Answer {
  const message = `Operation cannot be fulfilled on ${what} "${request.name}": ${why}`;
  const kind = what === longName(request) ? {} : { kind: what };
  return failure(409, { message, reason: 'Conflict', details: { ...details(request), ...kind } });
}

/** 422 of an object that would not be valid; `request` is null where it could not even be read. */
export function invalid(request: ApiRequest | null, kind: string, causes: readonly Cause[]): Answer {
  const group = request?.group ?? '';
  const name = request?.name ?? '';
  const all = causes.map(({ field, message }) => `${field}: ${message}`);
  const why = all.length === 1 ? all[0] : `[${all.join(', ')}]`;
  const message = `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${why}`;
  const named = { ...(name ? { name } : {}), ...(group ? { group } : {}), ...(kind ? { kind } : {}) };
  return failure(422, { message, reason: 'Invalid', details: { ...named, causes } });
}

/** 422 of a JSON Patch that does not apply; the real server does not say why. */
export const rejected = failure(422, {
  message: 'the server rejected our request due to an error in our request',
  reason: 'Invalid',
  details: {},
});

/** 415: no kind of patch that is served. */
export function unsupportedMediaType(accepted: readonly string[]): Answer {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure(415, { message, reason: 'UnsupportedMediaType' });
}

/** 405 of a verb that the stand-in does not serve. */
export function methodNotAllowed(request: ApiRequest): Answer {
  const message = 'the server does not allow this method on the requested resource';
  return failure(405, { message, reason: 'MethodNotAllowed', details: details(request) });
}
