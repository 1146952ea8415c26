// The bank's RSA pair, made at the first start, and the partner's public key.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** The pair of the folder: bank.key and bank.pub. */
export function openBankKey(folder) {
  const file = path.join(folder, 'bank.key');
  if (!fs.existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    fs.writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  const privateKey = createPrivateKey(fs.readFileSync(file));
  const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  fs.writeFileSync(path.join(folder, 'bank.pub'), publicPem, { mode: 0o600 });
  return privateKey;
}

/** Answers the partner's public key, or null while there is none. The file may come, or change, while the bank runs. */
export function partnerKeyReader(file) {
  let known = { time: -1, key: null };
  return () => {
    const found = file && fs.statSync(file, { throwIfNoEntry: false });
    if (!found) return null;
    if (found.mtimeMs !== known.time) known = { time: found.mtimeMs, key: createPublicKey(fs.readFileSync(file)) };
    return known.key;
  };
}
