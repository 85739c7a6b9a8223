/** A call that Slack would answer with `ok: false`: the error code and the fields that go beside it. */
export class Refusal extends Error {
  readonly code: string;
  readonly beside: Readonly<Record<string, unknown>>;

  constructor(code: string, beside: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.beside = beside;
  }
}
