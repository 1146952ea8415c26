// What may stand in a log, and in what pieces it may come.
import assert from 'node:assert/strict';
import { scenario, scenarios, sleep } from './collectorFixture.mjs';

const longest = 256 * 1024; // bytes of a line, without its end
const chunk = 320 * 1024; // bytes that collectorProcess reads at once

/** A line of exactly `bytes` bytes, filled by its agent. */
function lineOf(it, bytes) {
  const short = it.line({ user_agent: '' });
  return short.replace('"user_agent":""', `"user_agent":"${'a'.repeat(bytes - (short.length - 1))}"`);
}

scenarios('content', () => {
  scenario('a line comes in pieces across restarts', async (it) => {
    it.write(5);
    let child = it.start();
    for (let i = 0; i < 3; ++i) {
      const end = it.writeTorn();
      await sleep(400);
      await it.kill(child, i % 2 ? 'SIGTERM' : 'SIGKILL');
      child = it.start();
      await sleep(400);
      it.append(end);
      it.write(3);
      await it.read();
    }
    await it.equal();
  });

  scenario('lines come byte by byte', async (it) => {
    it.start();
    const text = it.line() + it.line() + it.line();
    for (let at = 0; at < text.length; at += 7) {
      it.append(text.slice(at, at + 7));
      await sleep(3);
    }
    await it.equal();
  });

  scenario('a line as long as allowed, and one byte longer', async (it) => {
    it.write(2);
    it.append(lineOf(it, longest));
    it.append(lineOf(it, longest + 1));
    it.written.delete(it.lastNumber);
    it.bad += 1;
    it.oversized += 1;
    it.write(2);
    it.start();
    await it.equal();
  });

  scenario('oversized lines between good ones', async (it) => {
    it.start();
    for (let i = 0; i < 6; ++i) {
      it.write(3);
      it.writeOversized(longest + 1 + i * 60_000);
    }
    it.write(3);
    await it.equal();
  });

  scenario('oversized lines that begin and end at the borders of what is read at once', async (it) => {
    for (const length of [chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 7 * chunk]) {
      it.oversized += 1;
      it.writeBad(Buffer.alloc(length - 1, 'y'));
      it.write(2);
    }
    it.start();
    await it.equal();
  });

  scenario('an oversized line is written slowly', async (it) => {
    await it.startAndRead(4);
    for (let i = 0; i < 8; ++i) {
      it.append('z'.repeat(100_000));
      await sleep(120);
    }
    it.oversized += 1;
    it.bad += 1;
    it.append('\n');
    it.write(4);
    await it.equal();
  });

  scenario('an oversized line, a restart in the middle of it', async (it) => {
    const first = await it.startAndRead(4);
    it.append('z'.repeat(900_000));
    await sleep(500);
    await it.kill(first);
    it.start();
    await sleep(500);
    it.oversized += 1;
    it.bad += 1;
    it.append('z\n');
    it.write(4);
    await it.equal();
  });

  scenario('an oversized line without end at the end of a rotated file', async (it) => {
    it.write(4);
    it.append('z'.repeat(700_000));
    it.bad += 1;
    it.start();
    await sleep(500);
    it.rotate();
    it.write(4);
    await it.equal();
  });

  scenario('bytes that are no UTF-8', async (it) => {
    it.start();
    for (let i = 0; i < 5; ++i) {
      const [before, after] = it.line({ user_agent: '@@' }).split('@@');
      it.append(Buffer.concat([Buffer.from(before), Buffer.from([0x63, 0x61, 0x66, 0xe9, 0xff]), Buffer.from(after)]));
      it.write(2);
    }
    await it.read();
    assert.equal(await it.number("select count(*) from metric_snapshot where repaired and user_agent = E'caf\\uFFFD\\uFFFD'"), 5);
    await it.equal();
  });

  scenario('NUL bytes, raw and escaped', async (it) => {
    it.write(3);
    it.writeBad(Buffer.alloc(16));
    it.writeBad(Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(3), Buffer.from('"}')]));
    it.append(it.line({ user_agent: 'a\u0000b' }));
    await it.startAndRead(3);
    assert.equal(await it.number("select count(*) from metric_snapshot where repaired and user_agent = E'a\\uFFFDb'"), 1);
    await it.equal();
  });

  scenario('rubbish of every kind among the lines', async (it) => {
    const rubbish = [
      'garbage', '{}', '[]', '[1,2]', '1', '"x"', 'null', '{', '}', '{"timestamp":"2026', '{"n":,}', '{"a":1}{"a":2}', '\ufefflooks empty', 'GET / HTTP/1.1 200',
      '{"status":"200"}', `${'['.repeat(2000)}`, '{"a":{"a":{"a":{}}}}', '\\', '"', '\u0001\u0002', '', ' ', '\t', '\v\f',
    ];
    it.start();
    for (const text of rubbish) {
      it.write(2);
      it.writeBad(text);
    }
    await it.equal();
  });

  scenario('entries with impossible values', async (it) => {
    const broken = [
      { status: 1000 }, { status: -1 }, { status: '200' }, { status: 2.5 }, { timestamp_ms: 0 }, { timestamp_ms: 1e18 }, { timestamp_ms: null }, { timestamp_ms: 'soon' },
      { nginx_latency_s: -1 }, { nginx_latency_s: 1e9 }, { nginx_latency_s: 'fast' }, { backend_latency_s: 'x' }, { backend_latency_s: 5 }, { rate_limited: 1 },
      { user_agent: '\ud83d' }, { request_id: 7 }, { url: null }, { method: [] }, { remote_ip: {} },
    ];
    it.start();
    for (const fields of broken) {
      it.write(1);
      const number = it.numbers;
      it.append(it.line(fields));
      it.written.delete(number);
      it.bad += 1;
    }
    await it.equal();
  });

  scenario('more rubbish than is kept: all of it counted', async (it) => {
    it.write(5);
    let text = '';
    for (let i = 0; i < 13_000; ++i) text += `rubbish ${i}\n`;
    it.bad += 13_000;
    it.append(text);
    await it.startAndRead(5);
    assert.ok((await it.number('select count(*) from log_bad_line')) <= 10_000);
    await it.equal();
  });

  scenario('every form of upstream time', async (it) => {
    const forms = { '': null, '-': null, '0.012': 12, '0.010, 0.002': 12, '0.1 : 0.2': 300, '0.001, -': 1, '1.5': 1500, '0.000': 0, '0.010, 0.002 : 0.003': 15 };
    for (const form of Object.keys(forms)) it.append(it.line({ backend_latency_s: form, user_agent: form || 'none' }));
    it.start();
    await it.read();
    const stored = Object.fromEntries(await it.sql("select user_agent, coalesce(backend_latency_ms::text, '') from metric_snapshot"));
    for (const [form, ms] of Object.entries(forms)) assert.equal(stored[form || 'none'], ms === null ? '' : String(ms), form);
    await it.equal();
  });

  scenario('lines out of order, of other hours and days, early and late', async (it) => {
    it.start();
    const now = Date.now();
    for (let i = 0; i < 60; ++i) {
      const at = now - [0, 3_599_000, 60_000, 90_000_000, 86_400_000, 500_000_000, -5000, 7_200_000][i % 8] + i;
      it.append(it.line({ timestamp_ms: at }));
      if (i % 20 === 19) await it.read();
    }
    await it.equal();
  });

  scenario('lines of years ago and of next year have no partition and are stored until the next retention', async (it) => {
    it.start();
    await it.retained();
    const year = 365 * 86_400_000;
    for (const years of [-20, -2, 0, 1, 20]) {
      it.append(it.line({ timestamp_ms: Date.now() + years * year }));
      it.append(it.line({ timestamp_ms: Date.now() + years * year + 61_000 }));
    }
    await it.read();
    await it.equal();
  });

  scenario('midnight: rows on both sides, in their partitions', async (it) => {
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    it.start();
    for (let i = -20; i < 20; ++i) it.append(it.line({ timestamp_ms: midnight + i * 3 }));
    await it.read();
    assert.equal(await it.number(`select count(*) from metric_snapshot_${new Date(midnight).toISOString().slice(0, 10).replaceAll('-', '')}`), 20);
    await it.equal();
  });

  scenario('lines end as on Windows', async (it) => {
    for (let i = 0; i < 20; ++i) it.append(it.line().replace('\n', '\r\n'));
    it.start();
    await it.equal();
  });

  scenario('texts that SQL, JSON or a terminal would trip over', async (it) => {
    for (const text of ["'; drop table metric_snapshot; --", '\\N', '\\.', '\t\r\n', '\u001b[31mred', '\u202e', '%s%n', '${jndi:x}', '\u{10ffff}']) {
      it.append(it.line({ user_agent: text, url: '/api/auth/me', request_id: `r${it.numbers}` }));
    }
    await it.startAndRead(2);
    await it.equal();
  });

  scenario('a line a minute for two days, the first half compressed', async (it) => {
    const minute = 60_000;
    const begin = Math.floor(Date.now() / minute) * minute - 2 * 1440 * minute;
    for (let i = 0; i < 2880; ++i) {
      it.append(it.line({ timestamp_ms: begin + i * minute }));
      if (i === 1440) it.rotate();
    }
    it.compress('access.log.1');
    it.start();
    await it.equal();
  });

  scenario('twenty thousand lines at once', async (it) => {
    it.start();
    it.write(20_000);
    await it.equal();
  });
});
