import { describe, expect, test } from 'vitest';
import { offerToSign, textToSign } from '../../src/incident/index.ts';
import { tokenOf } from '../../src/incident/turn.ts';
import { orderOf, signCommand } from '../../src/model/index.ts';
import type { IncidentState } from '../../src/model/index.ts';
import { givenSignature, toSign } from '../../src/shell/signing.ts';
import type { Signatures } from '../../src/port.ts';
import { ON_CALL, SECOND, smallHouse, THIRD } from '../fake/house.ts';
import { offered } from '../incident/cluster-tale.ts';
import { proposing } from '../incident/tale.ts';
import type { Tale } from '../incident/tale.ts';
import { bench } from './workplace.ts';

const ARMORED = '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n';
const approval = {
  approvers: [ON_CALL, SECOND, THIRD],
  expiresMs: 900_000,
  identities: [[SECOND.id, 'signer:sam@example.com', 'signer:sam-token']],
  breakers: [SECOND.id],
  verifies: true,
} as const;
const house = smallHouse(undefined, { approval });

/** The state of a story in which the node demands signatures. */
function gated(tale: Tale = proposing(house)): IncidentState {
  const offers = tale.state.offers.map((offer) => ({ ...offer, plan: { ...offer.plan, signed: true as const } }));
  return { ...tale.state, offers };
}

const waiting = (state: IncidentState): string => state.offers[0]?.tokens.approve ?? '';
const press = (state: IncidentState, signature?: string, by = SECOND) => ({
  key: 'p',
  token: waiting(state),
  by,
  place: state.place,
  ...(signature === undefined ? {} : { signature }),
});

describe('what is to be signed', () => {
  test('is the order of the plan, where the node demands it', () => {
    const state = gated();
    const offer = offerToSign(state, waiting(state));
    if (offer === null) throw new Error('nothing to sign');
    expect(toSign(offer)).toMatchObject({
      letter: 'A',
      order: orderOf(offer.plan),
      command: signCommand(orderOf(offer.plan)),
    });
  });

  test('is nothing where the node demands nothing, and for other buttons', () => {
    const { state } = proposing(house);
    expect(offerToSign(state, waiting(state))).toBeNull();
    const signed = gated();
    expect(offerToSign(signed, signed.offers[0]?.tokens.reject ?? '')).toBeNull();
    expect(offerToSign(signed, '__proto__')).toBeNull();
  });

  test('is nothing once it is decided', () => {
    const tale = proposing(house);
    tale.press(tale.offer().tokens.reject, SECOND);
    expect(offerToSign(gated(tale), waiting(tale.state))).toBeNull();
  });

  test('is asked of who approves alone, also of a plan for the API server, which no gate takes for an order', () => {
    const tale = offered(smallHouse(undefined, { ...house, remediations: offered().house.remediations }));
    const token = tokenOf(tale.state, { means: 'break-glass', plan: tale.offer().plan.id }) ?? '';
    const offer = offerToSign(tale.state, token);
    if (offer === null) throw new Error('nothing to sign');
    expect(signCommand(textToSign(offer.plan))).toContain(`cluster-plan ${offer.hash}`);
    expect(textToSign(offer.plan)).not.toMatch(/^(?:node|apply|fix) /m);
  });
});

describe('a signature that came with a press', () => {
  const { workplace } = bench();
  const verifying = (verify: Signatures['verify']) => ({ ...workplace, house, signatures: { verify } });

  test('is verified under that text and the names of who pressed', async () => {
    const state = gated();
    const asked: unknown[] = [];
    const at = verifying((...given) => (asked.push(given), Promise.resolve({ principal: 'sam-token' })));
    const pasted = `  ${ARMORED.replaceAll('\n', '\r\n')}  `;
    expect(await givenSignature(at, state, press(state, pasted))).toEqual({ armored: ARMORED, principal: 'sam-token' });
    const [offer] = state.offers;
    expect(asked).toEqual([
      [offer === undefined ? '' : orderOf(offer.plan), ARMORED, ['sam@example.com', 'sam-token']],
    ]);
  });

  test('that does not verify says why', async () => {
    const at = verifying(() => Promise.resolve({ refusal: 'Not yours.' }));
    const state = gated();
    expect(await givenSignature(at, state, press(state, ARMORED))).toMatchObject({
      principal: null,
      refusal: 'Not yours.',
    });
  });

  test.each([
    '',
    'yes',
    ARMORED.slice(0, -10),
    `${ARMORED}${ARMORED}`,
    ARMORED.replace('U1', '$('),
    'A'.repeat(9000),
  ])('that is none is refused unread: %#', async (signature) => {
    const at = verifying(() => Promise.reject(new Error('asked')));
    const state = gated();
    expect(await givenSignature(at, state, press(state, signature))).toMatchObject({ armored: '', principal: null });
  });

  test('of somebody without a signer is refused', async () => {
    const at = verifying(() => Promise.reject(new Error('asked')));
    const state = gated();
    const given = await givenSignature(at, state, press(state, ARMORED, THIRD));
    expect(given?.refusal).toContain('No signer is configured for you');
  });

  test('is left to the node where nobody here can verify it', async () => {
    const state = gated();
    expect(await givenSignature(workplace, state, press(state, ARMORED))).toEqual({
      armored: ARMORED,
      principal: null,
    });
  });

  test('is nothing where none was asked for', async () => {
    const { state } = proposing(house);
    expect(await givenSignature(workplace, state, press(state, ARMORED))).toBeNull();
    expect(await givenSignature(workplace, gated(), press(gated()))).toBeNull();
  });
});
