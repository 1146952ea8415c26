// What tests read of CSV answers.
import assert from 'node:assert/strict';

/** RFC 4180: records of cells. */
export function parseCsv(text) {
  const records = [];
  const pattern = /("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r\n)/y;
  let record = [];
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    assert.ok(match, `not RFC 4180 from: ${text.slice(at, at + 100)}`);
    record.push(match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1]);
    if (match[2] !== ',') {
      records.push(record);
      record = [];
    }
  }
  return records;
}
