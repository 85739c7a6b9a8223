import type { Effect, Happening, IncidentState } from '../../model/index.ts';
import type { Ports } from '../ports.ts';
import { attach } from './attach.ts';
import { change } from './change.ts';
import { clusterStep } from './cluster-step.ts';
import { exportBundle, exportMarkdown } from './export.ts';
import { foresee } from './foresee.ts';
import { locate } from './locate.ts';
import { lookBack } from './look-back.ts';
import { prepare } from './prepare.ts';
import { rehearse } from './rehearse.ts';
import { settle } from './settle.ts';
import { show } from './show.ts';
import { survey } from './survey.ts';
import { sweep } from './sweep.ts';
import { verify } from './verify.ts';
import { watch, watchUsers } from './watch.ts';

/** Does one effect, for the `attempt`th time. `null` where its outcome changes nothing. */
export async function perform(
  ports: Ports,
  state: IncidentState,
  effect: Effect,
  attempt = 1,
): Promise<Happening | null> {
  switch (effect.do) {
    case 'locate':
      return locate(ports, effect);
    case 'survey':
      return survey(ports, state, effect);
    case 'watch':
      return watch(ports, state, effect);
    case 'watch-users':
      return watchUsers(ports, state, effect);
    case 'show':
      return show(ports, state, effect, attempt);
    case 'attach':
      return attach(ports, state, effect);
    case 'export':
      await (effect.as === 'markdown' ? exportMarkdown : exportBundle)(ports, state);
      return null;
    case 'whisper':
      // Who acts from a terminal is told there; the chat does not know them.
      if (state.place.team === 'terminal' || !effect.to.id.startsWith('terminal:'))
        await ports.thread.whisper(state.place, effect.to, effect.sentence);
      return null;
    case 'change':
      return change(ports, state, effect);
    case 'verify':
      return verify(ports, state, effect);
    case 'settle':
      return settle(ports, state, effect);
    case 'rehearse':
      return rehearse(ports, effect);
    case 'look-back':
      return lookBack(ports, state, effect);
    case 'foresee':
      return foresee(ports, effect);
    case 'prepare':
      return prepare(ports, state, effect);
    case 'cluster-step':
      return clusterStep(ports, state, effect);
    case 'sweep':
      return sweep(ports, state, effect);
    case 'wake':
      return { is: 'woken', name: effect.name };
  }
}
