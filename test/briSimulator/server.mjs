// One port: the bank's interface, the control API and the page.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { SnapEndpoint } from './bank/snapEndpoint.mjs';
import { ControlApi, isLocal } from './control/controlApi.mjs';

const page = new URL('./control/page.html', import.meta.url);
const controlLimit = 1 << 22;

function readBody(request, limit) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let length = 0;
    request.on('data', (part) => {
      if (length <= limit) parts.push(part.subarray(0, limit + 1 - length)); // one more than allowed shows that it is too long
      length += part.length;
    });
    request.on('end', () => resolve(parts.length === 1 ? parts[0] : Buffer.concat(parts)));
    request.on('error', reject);
  });
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function write(response, status, type, bytes, headers = {}) {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': 'no-store', ...headers });
  response.end(bytes);
}

/** Sends an answer with what its fault does to the connection. */
async function send(response, answer, holdMs) {
  const bytes = answer.bytes ?? Buffer.from(answer.text ?? JSON.stringify(answer.body ?? ''));
  if (answer.delayMs) await pause(answer.delayMs);
  if (answer.drop) return response.socket?.destroy();
  if (answer.hold) return void setTimeout(() => response.socket?.destroy(), holdMs).unref();
  if (answer.half) {
    response.writeHead(answer.http, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
    return response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
  }
  write(response, answer.http, answer.type ?? 'application/json', bytes, answer.headers);
}

export function createBankServer(bank) {
  const snap = new SnapEndpoint(bank);
  const control = new ControlApi(bank);

  async function bankCall(request, response) {
    const started = performance.now();
    const { answer, entry } = await snap.handle(request, await readBody(request, bank.config.bodyLimit));
    const code = answer.body?.responseCode ?? null;
    bank.countCall('in', entry.op ?? 'unknown');
    if (code) bank.countCode(code);
    const sent = answer.hold ? 'nothing' : answer.drop ? 'dropped' : answer.half ? 'half' : undefined;
    bank.journal.add({ ...entry, http: answer.http, response_code: code, ...(sent && { sent }), ms: Math.round(performance.now() - started) });
    return send(response, answer, bank.config.holdMs);
  }

  async function controlCall(request, response) {
    if (!isLocal(request)) return write(response, 403, 'application/json', Buffer.from('{"error":{"code":"not_local","message":"only from this machine"}}'));
    const url = new URL(request.url, 'http://localhost');
    if (request.method === 'GET' && url.pathname === '/') {
      return write(response, 200, 'text/html; charset=utf-8', fs.readFileSync(page), { 'X-Frame-Options': 'DENY', 'X-Content-Type-Options': 'nosniff' });
    }
    if (!url.pathname.startsWith('/sim/')) return write(response, 404, 'application/json', Buffer.from('{"error":{"code":"not_found","message":"no such page"}}'));
    const { status, body } = await control.handle(request.method, url, await readBody(request, controlLimit), request.headers['content-type']);
    return write(response, status, 'application/json', Buffer.from(JSON.stringify(body)));
  }

  const listener = (request, response) => {
    const call = SnapEndpoint.knows(request.url) ? bankCall : controlCall;
    call(request, response).catch((error) => {
      process.stderr.write(`${error.stack}\n`);
      if (!response.headersSent && response.socket) write(response, 500, 'application/json', Buffer.from('{"responseCode":"5000001","responseMessage":"Internal Server Error"}'));
    });
  };
  const { tls } = bank.config;
  const options = { keepAliveTimeout: 65_000 };
  return tls
    ? https.createServer({ ...options, cert: fs.readFileSync(tls.cert), key: fs.readFileSync(tls.key) }, listener)
    : http.createServer(options, listener);
}
