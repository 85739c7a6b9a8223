import { randomBytes } from 'node:crypto';
import { isObject, parseJson } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { Delivery, Envelope } from '../socket/envelope.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { signed } from './signature.ts';
import { wireBody } from './wire-body.ts';
import type { WireBody } from './wire-body.ts';

const here = ['127.0.0.1', 'localhost', '[::1]'];

/** HTTP mode: what happens is posted, signed, to the app's request URL. Without an address it is off. */
export class RequestUrl {
  #address: string | undefined;
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  get address(): string | undefined {
    return this.#address;
  }

  /**
   * Sends everything to this address from now on, once it has echoed a challenge; undefined goes back to Socket Mode.
   * Refuses with `invalid_request_url` (this machine only) and `url_verification_failed`.
   */
  async set(address: string | undefined): Promise<void> {
    if (address === undefined) {
      this.#address = undefined;
      return;
    }
    if (!URL.canParse(address) || !here.includes(new URL(address).hostname)) throw new Refusal('invalid_request_url');
    const challenge = randomBytes(24).toString('hex');
    const asked = { token: 'practice-verification-token', challenge, type: 'url_verification' };
    const answer = await this.#post(address, { type: 'application/json', text: JSON.stringify(asked) }, {});
    const text = answer instanceof Response && answer.ok ? await answer.text() : '';
    const parsed = parseJson(text);
    if ((isObject(parsed) ? parsed['challenge'] : text) !== challenge) throw new Refusal('url_verification_failed');
    this.#address = address;
  }

  /** Posts the envelope and waits for the answer, at most the ack deadline. */
  async deliver(envelope: Envelope): Promise<Delivery> {
    const address = this.#address;
    if (address === undefined) return { kind: 'nobody' };
    const at = this.#workspace.now();
    const { retry } = envelope;
    const again: Record<string, string> =
      retry === undefined || retry.attempt === 0
        ? {}
        : { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason };
    const { chaos } = this.#workspace;
    const twice = chaos.duplicate > 0;
    if (twice) chaos.duplicate -= 1;
    const first = this.#post(address, wireBody(envelope), again);
    if (twice) void this.#post(address, wireBody(envelope), again);
    const answer = await first;
    if (answer === undefined) return { kind: 'silent' };
    if (answer === 'unreachable') return { kind: 'nobody' };
    const text = await answer.text();
    if (!answer.ok)
      return { kind: 'refused', status: answer.status, retry: answer.headers.get('x-slack-no-retry') === null };
    return { kind: 'acked', payload: answered(text), ms: this.#workspace.now() - at };
  }

  /** The answer; undefined when none came in time, `unreachable` when there is nobody at the address. */
  async #post(address: string, body: WireBody, headers: Record<string, string>): Promise<Answer> {
    const { chaos, signingSecret, now } = this.#workspace;
    const wrong = chaos.wrongSignature > 0;
    if (wrong) chaos.wrongSignature -= 1;
    const secret = wrong ? 'another secret' : signingSecret;
    const proof = signed(body.text, secret, Math.floor(now() / 1000) - chaos.signedSecondsAgo);
    try {
      return await fetch(address, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': body.type, 'user-agent': 'Slackbot 1.0', ...proof, ...headers },
        body: body.text,
        signal: AbortSignal.timeout(chaos.ackDeadlineMs),
      });
    } catch (problem) {
      return problem instanceof DOMException && problem.name === 'TimeoutError' ? undefined : 'unreachable';
    }
  }
}

type Answer = Response | 'unreachable' | undefined;

/** The payload of an acknowledgement over HTTP: JSON, or bare text. */
function answered(text: string): unknown {
  return text === '' ? {} : (parseJson(text) ?? { text });
}
