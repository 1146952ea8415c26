// Removes the white space of a JSON text and nothing else: numbers, escapes and the order of members stay byte for byte.
const quote = 0x22;
const backslash = 0x5c;
const isSpace = (byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The minified bytes; throws when a string has no end. What is no JSON otherwise passes, for the parser refuses it. */
export function minify(bytes) {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; ++index) {
    const byte = bytes[index];
    if (inString) {
      kept[length++] = byte;
      if (byte === backslash) {
        if (++index === bytes.length) break;
        kept[length++] = bytes[index];
      } else if (byte === quote) {
        inString = false;
      }
    } else if (!isSpace(byte)) {
      kept[length++] = byte;
      inString = byte === quote;
    }
  }
  if (inString) throw new SyntaxError('a string has no end');
  return length === bytes.length ? bytes : kept.subarray(0, length);
}
