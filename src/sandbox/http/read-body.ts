import type { IncomingMessage } from 'node:http';
import { isObject, parseJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';

/** Reads the whole body; refuses with `request_too_large` past `most` bytes. */
export async function readBytes(request: IncomingMessage, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw new Refusal('request_too_large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The fields of a call sent as a form, as JSON or as multipart; the address's own query comes first. */
export async function readFields(request: IncomingMessage, query: URLSearchParams, most: number): Promise<JsonObject> {
  const bytes = await readBytes(request, most);
  const type = request.headers['content-type'] ?? '';
  const base: Record<string, unknown> = Object.fromEntries(query);
  if (bytes.length === 0) return base;
  if (type.startsWith('application/json')) {
    const parsed = parseJson(bytes.toString());
    if (!isObject(parsed)) throw new Refusal('invalid_json');
    return { ...base, ...parsed };
  }
  if (type.startsWith('multipart/form-data')) return { ...base, ...(await multipart(bytes, type)).fields };
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { ...base, ...Object.fromEntries(new URLSearchParams(bytes.toString())) };
  }
  throw new Refusal('invalid_form_data');
}

/** The bytes of an upload, sent raw or as the first file of a multipart body. */
export async function readUpload(request: IncomingMessage, most: number): Promise<Buffer> {
  const bytes = await readBytes(request, most);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return bytes;
  const file = (await multipart(bytes, type)).files[0];
  if (file === undefined) throw new Refusal('no_file_data');
  return file;
}

async function multipart(bytes: Buffer, type: string): Promise<{ fields: Record<string, string>; files: Buffer[] }> {
  const fields: Record<string, string> = {};
  const files: Buffer[] = [];
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch {
    throw new Refusal('invalid_form_data');
  }
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else files.push(Buffer.from(await value.arrayBuffer()));
  }
  return { fields, files };
}
