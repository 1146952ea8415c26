// The signatures of SNAP BI. Written from the bank's text on purpose, not from the C++ code that it tests.
import { createHash, createHmac, sign, timingSafeEqual, verify } from 'node:crypto';

export const sha256Hex = (bytes) => createHash('sha256').update(bytes).digest('hex');

export const clientStringToSign = (clientId, timestamp) => `${clientId}|${timestamp}`;

export const stringToSign = (method, path, token, bodyHash, timestamp) =>
  `${method}:${path}:${token}:${bodyHash}:${timestamp}`;

/** encoding: hex or base64 */
export const hmacSha512 = (secret, text, encoding) => createHmac('sha512', secret).update(text).digest(encoding);

const shapes = { hex: /^[0-9a-f]{128}$/, base64: /^[A-Za-z0-9+/]{86}==$/ };

/** Whether given is the HMAC of text in one of the encodings; 128 and 88 characters cannot be confused. */
export function hmacMatches(given, secret, text, encodings) {
  const encoding = encodings.find((one) => shapes[one].test(given));
  if (!encoding) return false;
  return timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(hmacSha512(secret, text, encoding), 'latin1'));
}

/** hex, base64 or both, as a list. */
export const encodingsOf = (setting) => (setting === 'both' ? ['hex', 'base64'] : [setting]);

export const rsaSign = (privateKey, text) => sign('sha256', Buffer.from(text), privateKey).toString('base64');

export function rsaMatches(given, publicKey, text) {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(given)) return false;
  return verify('sha256', Buffer.from(text), publicKey, Buffer.from(given, 'base64'));
}
