/**
 * What serves cluster names inside a pod of the lab: DNS over UDP and TCP on port 53 (RFC 1035), and a page on port 9153 where
 * CoreDNS has its metrics. Every name of the domain has one and the same address, every other name does not exist.
 * Usage: resolver.ts ADDRESS DOMAIN ANSWER; writes a line to descriptor 3 when it listens.
 */
import { createSocket } from 'node:dgram';
import { closeSync, writeSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

const [address, domain, answer] = process.argv.slice(2);
if (address === undefined || domain === undefined || answer === undefined) {
  throw new Error('usage: resolver.ts ADDRESS DOMAIN ANSWER');
}
const known = `.${domain}`;
const bytes = Buffer.from(answer.split('.').map(Number));

/** The reply to one question, or `null` for what is none. */
function reply(query: Buffer): Buffer | null {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    if (length > 63 || at + 1 + length > query.length) return null;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (end > query.length || labels.length === 0) return null;
  const found = `.${labels.join('.').toLowerCase()}`.endsWith(known);
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(found ? 0x8580 : 0x8583, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, ...bytes]);
  return Buffer.concat([header, query.subarray(12, end), ...(found ? [record] : [])]);
}

const udp = createSocket('udp4', (query, from) => {
  const said = reply(query);
  if (said !== null) udp.send(said, from.port, from.address);
});
const tcp = createServer((socket) => {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (waiting.length > 4096) return socket.destroy();
    if (waiting.length < 2 || waiting.length < 2 + waiting.readUInt16BE(0)) return undefined;
    const said = reply(waiting.subarray(2));
    if (said === null) return socket.destroy();
    const length = Buffer.alloc(2);
    length.writeUInt16BE(said.length);
    return socket.end(Buffer.concat([length, said]));
  });
});
const metrics = createHttpServer((_, response) => response.end('coredns_build_info 1\n'));

await new Promise<void>((resolve) => udp.bind(53, address, resolve));
await new Promise<void>((resolve) => tcp.listen(53, address, resolve));
await new Promise<void>((resolve) => metrics.listen(9153, address, resolve));
process.title = 'coredns';
writeSync(3, 'listening\n');
closeSync(3);
