// An HTTP client that sends what it is told, byte for byte, and holds every answer against the rules that all
// answers obey. With K_RECORD_DIR it keeps each answer there, one JSON object a line.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const recordDir = process.env.K_RECORD_DIR;
const recordFile = recordDir && path.join(recordDir, `answers-${process.pid}.jsonl`);

function record(answer) {
  if (!recordFile || answer.method === 'OPTIONS') return; // a preflight is no operation of the document
  const { method, target, status, headers, text } = answer;
  fs.appendFileSync(recordFile, `${JSON.stringify({ method, path: target, status, type: headers['content-type'] ?? '', tag: headers.etag ?? '', body: text })}\n`);
}

/** One form for every answer that is no success. */
export function checkErrorForm(answer) {
  const said = `${answer.method} ${answer.target} ${answer.status} ${answer.text.slice(0, 500)}`;
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/, said);
  assert.match(answer.json?.error?.code ?? '', /^[A-Z][A-Z_]+$/, said);
  assert.ok(answer.json.error.message.length > 0, said);
  assert.match(answer.json.timestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, said);
  assert.equal(answer.json.request_id, answer.headers['x-request-id'], said);
  if (answer.status === 503 || answer.status === 429) assert.ok(answer.headers['retry-after'], said);
}

export class Client {
  constructor(origin, { headers = {}, sockets = 32, agent } = {}) {
    this.origin = new URL(origin);
    this.headers = headers;
    this.agent = agent ?? new http.Agent({ keepAlive: true, maxSockets: sockets });
  }

  with(headers) {
    return new Client(this.origin, { headers: { ...this.headers, ...headers }, agent: this.agent });
  }

  withToken(token) {
    return this.with({ Authorization: `Bearer ${token}` });
  }

  close() {
    this.agent.destroy();
  }

  /** Resolves to {method, target, status, headers, text, json, tookMs}; rejects when no answer comes. */
  async request(method, target, { headers = {}, body, timeoutMs = 45_000, socketPath } = {}) {
    const answer = await new Promise((resolve, reject) => {
      const begin = performance.now();
      const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
      const request = http.request(
        {
          host: this.origin.hostname,
          port: this.origin.port,
          socketPath,
          agent: this.agent,
          method,
          path: target,
          headers: { ...length, ...this.headers, ...headers },
        },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            clearTimeout(timer);
            const text = Buffer.concat(parts).toString('utf8');
            resolve({ method, target, status: response.statusCode, headers: response.headers, text, tookMs: performance.now() - begin });
          });
        },
      );
      const timer = setTimeout(() => request.destroy(new Error(`no answer in ${timeoutMs} ms: ${method} ${target}`)), timeoutMs);
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      request.end(body);
    });
    if (/[/+]json\b/.test(answer.headers['content-type'] ?? '') && method !== 'HEAD') {
      answer.json = answer.text === '' ? undefined : JSON.parse(answer.text);
    }
    record(answer);
    // An unhealthy process answers with its health, as status 503.
    const formed = target.startsWith('/api/') && !/\/health(\/|\?|$)/.test(target);
    if (answer.status >= 400 && method !== 'HEAD' && formed) checkErrorForm(answer);
    return answer;
  }

  /** Opens a stream of server-sent events: {status, headers, events: [{event, data}], ended, close()}. */
  stream(target, headers = {}) {
    return new Promise((resolve, reject) => {
      const request = http.get(
        {
          host: this.origin.hostname,
          port: this.origin.port,
          agent: false,
          path: target,
          headers: { Accept: 'text/event-stream', ...this.headers, ...headers },
        },
        (response) => {
          const stream = { status: response.statusCode, headers: response.headers, events: [], text: '', close: () => request.destroy() };
          if (stream.status === 200) record({ method: 'GET', target, ...stream }); // of others the body is still to come
          stream.ended = new Promise((end) => response.on('close', end));
          response.on('error', () => {});
          response.setEncoding('utf8').on('data', (part) => {
            stream.text += part;
            const parts = stream.text.split('\n\n');
            stream.text = parts.pop();
            for (const one of parts) {
              const found = /^event: (.*)\ndata: (.*)$/.exec(one);
              if (found) stream.events.push({ event: found[1], data: JSON.parse(found[2]) });
            }
          });
          resolve(stream);
        },
      );
      request.on('error', reject);
    });
  }

  get(target, headers) {
    return this.request('GET', target, { headers });
  }

  delete(target, headers) {
    return this.request('DELETE', target, { headers });
  }

  /** Without a body, or with one of JSON. */
  post(target, body, headers = {}) {
    if (body === undefined) return this.request('POST', target, { headers });
    return this.request('POST', target, {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
  }
}

/** `count` times `work(index)`, `width` at a time. */
export async function inParallel(count, work, width) {
  const results = Array.from({ length: count });
  let next = 0;
  const one = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: width }, one));
  return results;
}
