// Combinations: "28812380;;;conid/ratio,conid/ratio" names a spread by a currency's conid and its legs (IBKR Web API
// documentation, combo orders). The spread is priced and filled leg by leg.
import type { Contracts } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { badRequest, serverError } from '../refusal.ts';

export interface Leg {
  instrument: Instrument;
  /** Negative to sell it when the spread is bought. */
  ratio: number;
}

export function parseCombo(
  contracts: Contracts,
  conidEx: string,
): { instrument: Instrument; legs: Leg[] } | undefined {
  const [head, legText] = conidEx.split(';;;');
  if (legText === undefined) return undefined;
  const legs = legText.split(',').map((part): Leg => {
    const [conid, ratio] = part.split('/').map(Number);
    const instrument = conid === undefined ? undefined : contracts.find(conid);
    if (ratio === undefined || !Number.isInteger(ratio) || ratio === 0) {
      throw badRequest(`conidex is not valid: ${conidEx}`);
    }
    if (instrument === undefined) throw serverError(`Contract ${conid ?? ''} is not found.`);
    return { instrument, ratio };
  });
  const first = legs[0];
  if (first === undefined) throw badRequest(`conidex is not valid: ${conidEx}`);
  // The spread as a whole quotes like its first leg and has the spread's own conid.
  return { instrument: { ...first.instrument, conid: Number(head?.split('@')[0]), derivative: null }, legs };
}
