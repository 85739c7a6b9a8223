import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from './merge-patch.ts';
import { volumeKinds } from './shape.ts';

/** One thing that is wrong with an object, as a Status names it. */
export interface Cause {
  reason: string;
  message: string;
  field: string;
}

const cause = {
  required: (field: string, detail = ''): Cause => ({
    reason: 'FieldValueRequired',
    message: detail === '' ? 'Required value' : `Required value: ${detail}`,
    field,
  }),
  invalid: (field: string, value: unknown, detail: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
    field,
  }),
  unsupported: (field: string, value: unknown, all: readonly string[]): Cause => ({
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${all.map((one) => JSON.stringify(one)).join(', ')}`,
    field,
  }),
  duplicate: (field: string, value: unknown): Cause => ({
    reason: 'FieldValueDuplicate',
    message: `Duplicate value: ${JSON.stringify(value)}`,
    field,
  }),
  notFound: (field: string, value: unknown): Cause => ({
    reason: 'FieldValueNotFound',
    message: `Not found: ${JSON.stringify(value)}`,
    field,
  }),
  forbidden: (field: string, detail: string): Cause => ({
    reason: 'FieldValueForbidden',
    message: `Forbidden: ${detail}`,
    field,
  }),
};

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/**
 * What the server finds wrong with a changed object beyond the types of its fields: the part of its validation that a patch of a
 * DaemonSet's env, mounts and strategy can run into. Empty: nothing.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.2/pkg/apis/core/validation/validation.go
 */
export function causesAgainst(kind: string, before: Json, after: Json): Cause[] {
  if (kind !== 'DaemonSet') return [];
  const [spec, old] = [fieldsOf(after['spec']), fieldsOf(before['spec'])];
  const found: Cause[] = [];
  const template = fieldsOf(spec['template']);
  const labels = fieldsOf(fieldsOf(template['metadata'])['labels']);
  const wanted = fieldsOf(fieldsOf(spec['selector'])['matchLabels']);
  if (!Object.entries(wanted).every(([key, value]) => labels[key] === value))
    found.push(cause.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  found.push(...podCauses(fieldsOf(template['spec']), 'spec.template.spec'));
  const strategy = fieldsOf(spec['updateStrategy']);
  const rolling = fieldsOf(strategy['rollingUpdate']);
  if (strategy['type'] !== 'OnDelete' && strategy['type'] !== 'RollingUpdate')
    found.push(cause.unsupported('spec.updateStrategy', strategy, ['OnDelete', 'RollingUpdate']));
  else if (strategy['type'] === 'RollingUpdate' && isNone(rolling['maxUnavailable']) && isNone(rolling['maxSurge']))
    found.push(cause.required('spec.updateStrategy.rollingUpdate.maxUnavailable', 'cannot be 0 when `maxSurge` is 0'));
  if (!isDeepStrictEqual(spec['selector'], old['selector']))
    found.push(cause.invalid('spec.selector', spec['selector'], 'field is immutable'));
  return found;
}

function podCauses(spec: Json, path: string): Cause[] {
  const volumes = itemsOf(spec['volumes']);
  const names = volumes.map((volume) => volume['name']);
  const containers = itemsOf(spec['containers']);
  return [
    ...volumes.flatMap((volume, index) => volumeCauses(volume, `${path}.volumes[${index}]`, names.slice(0, index))),
    ...(containers.length === 0 ? [cause.required(`${path}.containers`)] : []),
    ...(['initContainers', 'containers'] as const).flatMap((list) =>
      itemsOf(spec[list]).flatMap((one, index) => containerCauses(one, `${path}.${list}[${index}]`, names)),
    ),
  ];
}

function volumeCauses(volume: Json, path: string, earlier: readonly unknown[]): Cause[] {
  const found: Cause[] = [];
  if (!isText(volume['name'])) found.push(cause.required(`${path}.name`));
  else if (earlier.includes(volume['name'])) found.push(cause.duplicate(`${path}.name`, volume['name']));
  const kinds = ['hostPath', ...volumeKinds].filter((kind) => volume[kind] !== undefined);
  if (kinds.length === 0) found.push(cause.required(path, 'must specify a volume type'));
  for (const kind of kinds.slice(1))
    found.push(cause.forbidden(`${path}.${kind}`, 'may not specify more than 1 volume type'));
  if (volume['hostPath'] === undefined) return found;
  const { path: target, type = '' } = fieldsOf(volume['hostPath']);
  if (!isText(target)) found.push(cause.required(`${path}.hostPath.path`));
  else if (target.split('/').includes('..'))
    found.push(cause.invalid(`${path}.hostPath.path`, target, "must not contain '..'"));
  if (typeof type !== 'string' || !hostPathTypes.includes(type))
    found.push(cause.unsupported(`${path}.hostPath.type`, type, hostPathTypes));
  return found;
}

function containerCauses(container: Json, path: string, volumes: readonly unknown[]): Cause[] {
  const found: Cause[] = [];
  if (!isText(container['name'])) found.push(cause.required(`${path}.name`));
  if (!isText(container['image'])) found.push(cause.required(`${path}.image`));
  itemsOf(container['env']).forEach((env, index) => {
    const at = `${path}.env[${index}]`;
    if (!isText(env['name'])) found.push(cause.required(`${at}.name`));
    if (isText(env['value']) && env['valueFrom'] !== undefined)
      found.push(cause.invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
  });
  const paths: unknown[] = [];
  itemsOf(container['volumeMounts']).forEach((mount, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    if (!isText(mount['name'])) found.push(cause.required(`${at}.name`));
    else if (!volumes.includes(mount['name'])) found.push(cause.notFound(`${at}.name`, mount['name']));
    if (!isText(mount['mountPath'])) found.push(cause.required(`${at}.mountPath`));
    else if (paths.includes(mount['mountPath']))
      found.push(cause.invalid(`${at}.mountPath`, mount['mountPath'], 'must be unique'));
    paths.push(mount['mountPath']);
  });
  return found;
}

function isNone(value: unknown): boolean {
  return value === undefined || value === 0 || value === '0%';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function fieldsOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function itemsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map((one) => fieldsOf(one)) : [];
}
