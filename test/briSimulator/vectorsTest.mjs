// The published vectors (reference 1.11) against the simulator's own functions and those of the strict client.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { minify } from './snap/jsonMinifier.mjs';
import { jakartaDay, jakartaTimestamp, parseTimestamp } from './snap/jakartaTime.mjs';
import { clientStringToSign, hmacMatches, hmacSha512, rsaMatches, sha256Hex, stringToSign } from './snap/signature.mjs';
import { crc16 } from './bank/qrContent.mjs';
import { minified } from './strictClient.mjs';

const minifyText = (text) => minify(Buffer.from(text)).toString('utf8');

/** secret, string -> hex and base64, in both directions. */
function checkHmac(secret, text, hex, base64) {
  assert.equal(hmacSha512(secret, text, 'hex'), hex);
  assert.equal(hmacSha512(secret, text, 'base64'), base64);
  for (const given of [hex, base64]) assert.ok(hmacMatches(given, secret, text, ['hex', 'base64']));
  assert.ok(!hmacMatches(hex, secret, text, ['base64']) && !hmacMatches(base64, secret, text, ['hex']));
  assert.ok(!hmacMatches(hex, `${secret}x`, text, ['hex']) && !hmacMatches(hex, secret, `${text}x`, ['hex']));
  assert.ok(!hmacMatches(hex.toUpperCase(), secret, text, ['hex', 'base64']) && !hmacMatches('', secret, text, ['hex', 'base64']));
}

test('T1: body hashes and the published string to sign', () => {
  assert.equal(sha256Hex('{"hello":"world"}'), '93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588');
  assert.equal(sha256Hex(minify(Buffer.alloc(0))), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(
    stringToSign('POST', '/snap/v1.0/dummy', 'muhpwhwOkPRU9nNXYnyYHj8t54x3', '8b4e9e83b5231cff4f84358ec8ca81951cfe9f999f635b1566452a501d5c23b2', '2021-11-29T09:22:18.172+07:00'),
    'POST:/snap/v1.0/dummy:muhpwhwOkPRU9nNXYnyYHj8t54x3:8b4e9e83b5231cff4f84358ec8ca81951cfe9f999f635b1566452a501d5c23b2:2021-11-29T09:22:18.172+07:00',
  );
});

test('T2: HMAC-SHA512 of a published demo', () => {
  const body = '{"partnerReferenceNo":"2020102900000000000001","amount":{"value":"12345678.00","currency":"IDR"},"feeAmount":{"value":"12345678.00","currency":"IDR"},"merchantId":"00007100010926","terminalId":"213141251124","validityPeriod":"2009-07-03T12:08:56-07:00"}';
  const hash = sha256Hex(minify(Buffer.from(body)));
  assert.equal(hash, '01463f60dbb6ca538581579dd95b31c8ba9fc6600eca750e4d8460ca4e402111');
  checkHmac(
    'myclientsecret',
    stringToSign('POST', '/v1.0/qr/qr-mpm-generate', 'myaccesstoken', hash, '2024-03-05T10:37:16.196Z'),
    'c26cd3ef28e0d52c710acc4db0580247d4985e264619b71e17a7d5f317bdeec00c1f167eece101308066bdbe928fa19c92c1a9de2bfbec38a89a049b7124f75d',
    'wmzT7yjg1SxxCsxNsFgCR9SYXiZGGbceF6fV8xe97sAMHxZ+7OEBMIBmvb6Sj6GcksGp3iv77DiomgSbcST3XQ==',
  );
});

test('T3: HMAC-SHA512 over a minified body', () => {
  const raw = '{ "a": "b c",\n "n": 1.50 }';
  assert.equal(minifyText(raw), '{"a":"b c","n":1.50}');
  const hash = sha256Hex(minify(Buffer.from(raw)));
  assert.equal(hash, 'df3472b0c34bb2e31ebf6dfc47ba309515bb0cd58f12fb1feeb015c347a1c25b');
  checkHmac(
    'secret-xyz',
    stringToSign('POST', '/snap/v1.0/transfer-va/create-va', 'tok123', hash, '2026-10-08T10:00:00.000+07:00'),
    'a4d897434df393c9befec5cca18ddba0b08878eb925b2a158fe4008d363dac20ef8381785eeee66ebee30f3f9fa2481f6cb9a7abb871a89aa84725ace7c160fb',
    'pNiXQ03zk8m+/sXMoY3boLCIeOuSWyoVj+QAjTY9rCDvg4F4Xu7mbr7jDz+fokgfbLmnq7hxqJqoRyWs58Fg+w==',
  );
});

test('T4: HMAC-SHA512 of the fields of the bank\'s sample', () => {
  checkHmac(
    'secret-xyz',
    'POST:/snap/v1.0/dummy:R04XSUbnm1GXNmDiXx9ysWMpFWBr:93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588:2021-11-02T13:14:15.678+07:00',
    '4746c35ce7f8dd0eaf10a251b761dd1d6d43078e664a8114353aa9c8ba40bc82c98ac2ee4ef5b3d311e05f98a409eb19c8c2e8749e72f65d9f9a3b9c484b354f',
    'R0bDXOf43Q6vEKJRt2HdHW1DB45mSoEUNTqpyLpAvILJisLuTvWz0xHgX5ikCesZyMLodJ5y9l2fmjucSEs1Tw==',
  );
});

test('T6: SHA256withRSA of a published demo', () => {
  const key = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlWbtlh3eM+bW3n5AFj42
wddC4L7tQqbLiCFbTv8K67yng9iwK5mEn+UMXiRhvB2JVWFafCPPxFamsiVG3Mjn
eGjC0BYgmpmw4qXnAnyO3nCdCuPtmZ3ljhKvSTPdWZxrcLi1Xa9V/+Pzb8hrjb5i
wMn6SZFNeMmZYgFKiSeueo6TPln2PoTqXCzs1HtsM8eUVe8GAsjJe/3dYl992nyX
OpG21GgNu8o5T3WOptPg6GdDTWkTWUu483yRbVVy04Pz4L8DDZTDv+WcsAViDn1r
A/jB1Auj/UGKx2ovGcBH/a/hor5TbABbODU6cPTHT54K3sSZtvZNV4eFDB1f/4wd
fwIDAQAB
-----END PUBLIC KEY-----
`;
  const der = Buffer.from(key.split('\n').slice(1, -2).join(''), 'base64');
  assert.equal(createHash('sha256').update(der).digest('hex'), '9c12a84a902354de8bc9efbbe86bb73442174c41b4cbab8d603456ced4dc5f37');
  const signature = 'WzW49tYIgKIBmBi/gVBHGLAkhEaZlXM11zcZxAiyHji6TLPjPbwLu3Z45it25AIeG0XDItcdTSkds47zFEMh6IP0PXPIP1+Ey4RmX/o2fuYRF/xBHvfvKnMmANMTS1axsXBSW3EHqYpbVrkCcqNnB3u+wu63us9WIhRZaWgxgQ2PJLaiVHIwgu9u7jxkWX7Bg4rerZH3RKdQfIJAAJsSN13efR7VdSAyzU7QaKjgislxrLqmesYNJkbD03XLjHdo6YWuzAVV7xdZRpLiGkIAkW7luXTBZYBO+4oENZAPQYzrLeN1qRY1Sr7BgLONCA2QA26BB6SYW4R7qofS9+RyOQ==';
  const text = clientStringToSign('G1234325-SNAP', '2024-03-01T08:27:49.024Z');
  assert.ok(rsaMatches(signature, key, text));
  assert.ok(!rsaMatches(signature, key, `${text} `));
  assert.ok(!rsaMatches(signature.replace('WzW4', 'WzW5'), key, text));
  assert.ok(!rsaMatches('not base64!', key, text));
});

test('T7: the minifier changes white space outside of strings and nothing else', () => {
  const cases = [
    ['{ "a" : "b  c" }', '{"a":"b  c"}'],
    ['{"a":"\\"  \\\\"}', '{"a":"\\"  \\\\"}'],
    ['{"a": "\\\\" , "b": 1}', '{"a":"\\\\","b":1}'],
    ['{"a":"\\u00e9 é"}', '{"a":"\\u00e9 é"}'],
    ['[1.50,\t1E+2,\r\n-0]', '[1.50,1E+2,-0]'],
    ['', ''],
    ['  \n ', ''],
    ['{"a":"\u00a0 \u2003"}', '{"a":"\u00a0 \u2003"}'],
  ];
  for (const [given, wanted] of cases) {
    assert.equal(minifyText(given), wanted);
    assert.equal(minified(given), wanted);
  }
  for (const broken of ['{"a":"b', '"', '"\\"', '"\\']) assert.throws(() => minifyText(broken), SyntaxError);
  const bytes = Buffer.from([0x22, 0xff, 0x20, 0xfe, 0x22]); // no UTF-8: kept byte for byte
  assert.deepEqual(minify(Buffer.concat([Buffer.from(' '), bytes])), bytes);
});

test('times: offsets, fractions, days of Jakarta, and what is no time', () => {
  const ms = Date.UTC(2026, 0, 1, 17, 0, 0, 5);
  assert.equal(jakartaTimestamp(ms), '2026-01-02T00:00:00.005+07:00');
  assert.equal(jakartaDay(ms - 6), '2026-01-01');
  assert.equal(jakartaDay(ms), '2026-01-02');
  for (const text of ['2026-01-02T00:00:00.005+07:00', '2026-01-01T17:00:00.005Z']) assert.equal(parseTimestamp(text), ms);
  assert.equal(parseTimestamp('2026-01-02T00:00:00+07:00'), ms - 5);
  for (const text of ['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00', '2026-01-01T24:00:00Z', '2026-01-01T00:00:00+0700', '1767225600', '', null]) {
    assert.ok(Number.isNaN(parseTimestamp(text)), String(text));
  }
});

test('the checksum of a QR is CRC-16/CCITT-FALSE', () => assert.equal(crc16('123456789'), '29B1'));
