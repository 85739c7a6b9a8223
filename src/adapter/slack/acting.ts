import type { IncidentLine, MessageRef, Standing } from '../../model/index.ts';
import type { Clock, Desk, Thread } from '../../port.ts';
import type { Admission } from './admission.ts';
import { nodesNamedIn } from './find-nodes.ts';
import type { OpenForm } from './forms.ts';
import type { Groups } from './groups.ts';
import type { Source, Wish } from './inbound.ts';
import { fromOption, isHashed } from './nodes.ts';
import type { NodeList } from './nodes.ts';
import { nodeForm, reasonForm, signForm } from './view/form.ts';
import { say } from './words.ts';
import { Refused } from './web.ts';
import { TooMany } from './gate.ts';

/** How long the nodes may take where a form has to open within the 3 s of its trigger. */
const nodesMs = 1500;
/** How often, and after which pause each, it is looked for the thread of a diagnosis that was just started. */
const looks = 10;
const lookMs = 500;

/** What only the person who acted should read, and a message that it leads to. */
export interface Answer {
  readonly sentence: string;
  readonly to?: MessageRef;
}

/** Does what wishes ask for: opens forms, finds nodes, and passes starts and presses to the desk. */
export class Acting {
  readonly #desk: Desk;
  readonly #admission: Pick<Admission, 'admit' | 'person'>;
  readonly #nodes: NodeList;
  readonly #openForm: OpenForm;
  readonly #groups: Groups;
  readonly #thread: Pick<Thread, 'show'>;
  readonly #clock: Clock;
  readonly #channel: string | null;

  /** `channel`: the only one that netdiag works in; null when there are several. */
  constructor(parts: {
    readonly desk: Desk;
    readonly admission: Pick<Admission, 'admit' | 'person'>;
    readonly nodes: NodeList;
    readonly openForm: OpenForm;
    readonly groups: Groups;
    readonly thread: Pick<Thread, 'show'>;
    readonly clock: Clock;
    readonly channel: string | null;
  }) {
    this.#desk = parts.desk;
    this.#admission = parts.admission;
    this.#nodes = parts.nodes;
    this.#openForm = parts.openForm;
    this.#groups = parts.groups;
    this.#thread = parts.thread;
    this.#clock = parts.clock;
    this.#channel = parts.channel;
  }

  /** Null when there is nothing to say. `late`: the wish was taken up again after a restart, and its trigger is dead. */
  async act(wish: Wish, key: string, late: boolean): Promise<Answer | null> {
    switch (wish.is) {
      case 'ask':
        return late ? { sentence: say.restarted } : this.#ask(wish);
      case 'reason':
        return late ? { sentence: say.restarted } : this.#form(wish.trigger, reasonForm(wish.token, wish.source));
      case 'sign':
        return late ? { sentence: say.restarted } : this.#sign(wish);
      case 'find':
        return this.#find(wish, key, late);
      case 'start':
        return this.#start(wish, key);
      case 'press':
        return this.#press(wish, key);
      case 'switch':
        return this.#switch(wish, key);
    }
  }

  /** The form does not wait for who they are; what is sent with it does. */
  async #ask({ trigger, source }: Extract<Wish, { is: 'ask' }>): Promise<Answer | null> {
    const symptoms = this.#desk.symptoms();
    return this.#form(trigger, nodeForm({ source, symptoms, among: [], channel: this.#channel }));
  }

  async #find({ words, trigger, source }: Extract<Wish, { is: 'find' }>, key: string, late: boolean) {
    const [admitted, nodes] = await Promise.all([this.#admission.admit(source), this.#nodes.within(nodesMs)]);
    if (!admitted.in) return { sentence: admitted.sentence };
    if (nodes === null) return { sentence: say.find.silent };
    const named = nodesNamedIn(words, nodes);
    const [node, ...others] = named;
    if (node === undefined)
      return { sentence: trigger === null && words.trim() === '' ? say.find.nobody : say.find.none(nodes.length) };
    if (others.length === 0) {
      const start = { is: 'start', key, node, symptom: null, source, form: false, elsewhere: true } as const;
      return this.#start(start, key);
    }
    if (trigger === null) return { sentence: say.find.several(named.slice(0, 10)) };
    if (late) return { sentence: say.restarted };
    const symptoms = this.#desk.symptoms();
    return this.#form(trigger, nodeForm({ source, symptoms, among: named, channel: this.#channel }));
  }

  async #form(...given: Parameters<OpenForm>): Promise<Answer | null> {
    try {
      await this.#openForm(...given);
      return null;
    } catch (problem) {
      const late = problem instanceof Refused && /_trigger(?:_id)?$/.test(problem.code);
      if (late || problem instanceof TooMany) return { sentence: say.late };
      throw problem;
    }
  }

  async #start(wish: Extract<Wish, { is: 'start' }>, key: string): Promise<Answer | null> {
    const { source, symptom, elsewhere } = wish;
    const admitted = await this.#admission.admit(source);
    if (!admitted.in) return { sentence: admitted.sentence };
    const node = isHashed(wish.node) ? fromOption(wish.node, await this.#nodes.within(nodesMs)) : wish.node;
    if (node === null) return { sentence: say.find.gone };
    const by = { id: source.by.id, name: admitted.name };
    const place = { ...source.place, thread: null };
    const refusal = await this.#desk.start({ key, node, by, place, ...(symptom === null ? {} : { symptom }) });
    const [running] = await this.#running(node, refusal === null && elsewhere ? looks : 1);
    const to = running?.place.thread ?? null;
    if (refusal !== null) {
      if (running !== undefined && to !== null) await this.#join(running, by);
      return { sentence: refusal, ...(to === null ? {} : { to }) };
    }
    return elsewhere && to !== null ? { sentence: say.started(node), to } : null;
  }

  /** The incident of a node that is open, once it has a thread; looked for so often. */
  async #running(node: string, times: number): Promise<readonly IncidentLine[]> {
    for (let look = 1; ; look++) {
      const open = (await this.#desk.overview()).open.filter((one) => one.node === node);
      if (look >= times || open.some(({ place }) => place.thread !== null)) return open;
      await this.#clock.sleep(lookMs);
    }
  }

  /** Says in its thread who else is concerned, which is how Slack makes them follow it. */
  async #join({ place, by: starter }: IncidentLine, by: Source['by']): Promise<void> {
    if (by.id === starter.id) return;
    const note = { is: 'note', text: [{ person: by }, { text: say.joined }] } as const;
    await this.#thread.show(place, `joined ${by.id}`, note, null).catch(() => {});
  }

  /** Shows what to sign. The journal is asked for it within the 3 s of the trigger; Slack is not, before it is sent. */
  async #sign({ token, trigger, alone, source }: Extract<Wish, { is: 'sign' }>): Promise<Answer | null> {
    const wanted = await this.#desk.toSign(token);
    if (wanted === null) return { sentence: say.sign.gone };
    const view = signForm(wanted, token, alone, source);
    return view === null ? { sentence: say.sign.tooLong } : this.#form(trigger, view);
  }

  /** What Slack says now of somebody who approved before. Throws Refused or NoAnswer: then nothing counts. */
  async #standing(id: string, team: string): Promise<Standing> {
    const by = { id, name: '' };
    const [admitted, groups] = await Promise.all([this.#admission.person({ by, team }), this.#groups.of(id)]);
    return { id, member: admitted.in, groups };
  }

  /** The channel reads what was switched; whoever may not is told alone. */
  async #switch({ stop, reason, source }: Extract<Wish, { is: 'switch' }>, key: string): Promise<Answer | null> {
    const admitted = await this.#admission.admit(source);
    if (!admitted.in) return { sentence: admitted.sentence };
    const by = { id: source.by.id, name: admitted.name };
    const groups = () => this.#groups.of(source.by.id);
    const { done, sentence } = await this.#desk.switchChanges({ by, stop, reason, groups });
    if (!done) return { sentence };
    const why = reason === '' ? [] : [{ text: ': ' }, { code: reason }];
    const text = [{ person: by }, { text: stop ? say.switched.stopped : say.switched.allowed }, ...why];
    await this.#thread.show({ ...source.place, thread: null }, `switch ${key}`, { is: 'note', text }, null);
    return { sentence };
  }

  async #press(
    { token, reason, signature, source }: Extract<Wish, { is: 'press' }>,
    key: string,
  ): Promise<Answer | null> {
    const admitted = await this.#admission.admit(source);
    if (!admitted.in) return { sentence: admitted.sentence };
    const refusal = await this.#desk.press({
      key,
      token,
      by: { id: source.by.id, name: admitted.name },
      place: source.place,
      groups: () => this.#groups.of(source.by.id),
      standing: (person) => this.#standing(person, source.place.team),
      ...(source.message === undefined ? {} : { message: source.message }),
      ...(signature === undefined ? {} : { signature }),
      ...(reason === null ? {} : { reason }),
    });
    return refusal === null ? null : { sentence: refusal };
  }
}
