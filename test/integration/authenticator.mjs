// An authenticator app (RFC 6238: SHA-1, 6 digits, 30 s) and the way to set one up.
import crypto from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32Bytes(text) {
  let bits = '';
  for (const letter of text) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

export const presentStep = () => Math.floor(Date.now() / 30_000);

export function totpCode(secret, step = presentStep()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = crypto.createHmac('sha1', base32Bytes(secret)).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

export class Authenticator {
  constructor(secret) {
    this.secret = secret;
    this.lastStep = 0;
  }

  /** A code that was not given out before. The server takes the next step's too, so that there are two within 30 s. */
  async code() {
    const step = Math.max(presentStep(), this.lastStep + 1);
    this.lastStep = step;
    while (step > presentStep() + 1) await new Promise((resolve) => setTimeout(resolve, 200));
    return totpCode(this.secret, step);
  }
}

/** Sets up an app for the caller: {authenticator, login}; `login` has the new tokens and the recovery codes. */
export async function enrol(caller) {
  const begun = await caller.post('/api/auth/mfa/totp', {});
  if (begun.status !== 201) throw new Error(`no second factor begins: ${begun.text}`);
  const authenticator = new Authenticator(begun.json.secret);
  const confirmed = await caller.post(`/api/auth/mfa/totp/${begun.json.factor_id}/confirm`, { code: await authenticator.code() });
  if (confirmed.status !== 200) throw new Error(`the second factor is not confirmed: ${confirmed.text}`);
  return { authenticator, login: confirmed.json };
}

/** The second half of a sign-in that answered mfa_required. */
export async function showCode(client, demand, authenticator) {
  const answer = await client.post('/api/auth/mfa/verify', { mfa_token: demand.mfa_token, method: 'totp', code: await authenticator.code() });
  if (answer.status !== 200) throw new Error(`the code is refused: ${answer.text}`);
  return answer.json;
}
