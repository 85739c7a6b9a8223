import { connect, createServer } from 'node:net';

// A child in a network namespace: every connection to its Unix socket says "address port" on its first line and is then
// joined to that address. Unix sockets are files, so the other side may live in another namespace.
const [path = ''] = process.argv.slice(2);
const server = createServer({ allowHalfOpen: true }, (near) => {
  near.once('readable', () => {
    const line: number[] = [];
    for (;;) {
      const byte: Buffer | null = near.read(1);
      if (byte === null || byte[0] === 0x0a) break;
      line.push(byte[0] ?? 0);
    }
    const [host = '', port = '0'] = Buffer.from(line).toString().split(' ');
    const far = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true });
    far.pipe(near).pipe(far);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
  });
});
server.listen(path, () => process.stdout.write('ready\n'));
process.stdin.resume().on('end', () => process.exit(0));
