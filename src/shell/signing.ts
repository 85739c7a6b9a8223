import { offerToSign, signersOf, textToSign } from '../incident/index.ts';
import { signCommand } from '../model/index.ts';
import type { GivenSignature, IncidentState, Offer } from '../model/index.ts';
import type { ToSign } from '../port.ts';
import type { Workplace } from './ports.ts';
import type { Press } from './pressing.ts';

/** What somebody signs to approve this offer. */
export function toSign({ letter, plan }: Offer): ToSign {
  const order = textToSign(plan);
  return { letter, title: plan.title, node: plan.node.name, order, command: signCommand(order) };
}

/** More than any signature needs. */
const MOST = 8192;
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n[A-Za-z0-9+/=\n]+\n-----END SSH SIGNATURE-----\n$/;

/**
 * The signature that came with a press, and who made it; `null` where none was asked for. Without a port for signatures only its form
 * is looked at, and whose it is stays open.
 */
export async function givenSignature(
  { signatures, house }: Workplace,
  state: IncidentState,
  { token, by, signature }: Press,
): Promise<GivenSignature | null> {
  const offer = offerToSign(state, token);
  if (offer === null || signature === undefined) return null;
  const armored = `${signature.replaceAll('\r\n', '\n').trim()}\n`;
  const refused = (refusal: string): GivenSignature => ({ armored: '', principal: null, refusal });
  if (armored.length > MOST || !ARMOR.test(armored))
    return refused('That is no signature: paste everything from BEGIN SSH SIGNATURE to END SSH SIGNATURE.');
  if (signatures === undefined) return { armored, principal: null };
  const own = signersOf(by, house.approval);
  if (own.length === 0)
    return refused('No signer is configured for you (approval.people), so your signature cannot be told from others.');
  const verified = await signatures.verify(textToSign(offer.plan), armored, own);
  return 'refusal' in verified ? refused(verified.refusal) : { armored, principal: verified.principal };
}
