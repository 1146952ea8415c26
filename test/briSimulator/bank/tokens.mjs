// Access tokens (service 73) that the bank gives to the partner. They are lost when the bank restarts.
import { randomBytes } from 'node:crypto';
import { clientStringToSign, rsaMatches } from '../snap/signature.mjs';
import { parseTimestamp } from '../snap/jakartaTime.mjs';
import { missingField, refusal, wrongFormat } from './fieldRules.mjs';

export class Tokens {
  #given = new Map(); // in the order of their age

  issue(now, ageS) {
    for (const [token, until] of this.#given) {
      if (until > now) break;
      this.#given.delete(token);
    }
    const token = randomBytes(21).toString('base64url'); // 28 characters
    this.#given.set(token, now + ageS * 1000);
    return token;
  }

  isValid(token, now) {
    return (this.#given.get(token) ?? 0) > now;
  }

  drop(token) {
    this.#given.delete(token);
  }
}

/** Answers the token's body; throws a refusal, with what a diagnosis may show. */
export function issueToken(bank, headers, body) {
  const clientId = headers['x-client-key'];
  const timestamp = headers['x-timestamp'];
  const signature = headers['x-signature'];
  for (const [name, value] of [['X-CLIENT-KEY', clientId], ['X-TIMESTAMP', timestamp], ['X-SIGNATURE', signature]]) {
    if (!value) throw missingField(name);
  }
  const at = parseTimestamp(timestamp);
  if (Number.isNaN(at)) throw wrongFormat('X-TIMESTAMP');
  const expected = clientStringToSign(bank.config.clientId, timestamp);
  const diagnose = { stringToSign: expected };
  const unauthorized = (reason) => ({ ...refusal(401, '00', `Unauthorized. ${reason}`), diagnose });
  if (clientId !== bank.config.clientId) throw unauthorized('Unknown client');
  if (Math.abs(at - bank.clock.now()) > bank.config.skewS * 1000) throw unauthorized('X-TIMESTAMP');
  const key = bank.partnerKey();
  if (!key || !rsaMatches(signature, key, expected)) throw unauthorized('stringToSign');
  if (!body.grantType) throw missingField('grantType');
  if (body.grantType !== 'client_credentials') throw wrongFormat('grantType');
  return {
    accessToken: bank.tokens.issue(bank.clock.now(), bank.config.tokenAgeS),
    tokenType: 'BearerToken',
    expiresIn: String(bank.config.tokenAgeS),
  };
}
