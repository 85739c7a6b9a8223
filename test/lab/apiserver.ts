/**
 * The stand-in API server, a process of its own in the control-plane node's network namespace: HTTPS on port 6443 of all its
 * addresses, answers from a state file, really dials kubelets for `pods/log` and `nodes/proxy`. The controllers and the scheduler
 * run in here too.
 * Usage: apiserver.ts STATE CALL-LOG CERTIFICATE KEY; writes a line to descriptor 3 when it listens.
 */
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:https';
import { ApiServer } from './api/server.ts';
import { updateState } from './cluster/store.ts';
import { reconcile } from './control/reconcile.ts';

const [stateFile, callLog, certFile, keyFile] = process.argv.slice(2);
if (!stateFile || !callLog || !certFile || !keyFile)
  throw new Error('usage: apiserver.ts STATE CALL-LOG CERTIFICATE KEY');
process.title = 'kube-apiserver';
const api = new ApiServer(stateFile, callLog);

/** Each change may be the reason for another one, until there is nothing more to do. */
function control(): void {
  updateState(stateFile ?? '', (state) => reconcile(state, new Date()));
  api.look();
}
api.follow(() => setImmediate(control));
control();
const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (message, response) => {
  void api.handle(message, response);
});
server.listen(6443, '0.0.0.0', () => {
  writeSync(3, 'listening\n');
  closeSync(3);
});
