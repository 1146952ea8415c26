// A real gateway with a private Redis and small real backends that tell what nginx forwarded.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBackend } from './echoBackend.mjs';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, condition, timeoutMs = 5000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}

// Below the kernel's ephemeral range, so that no outgoing connection takes it meanwhile.
export async function freePort() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const free = await new Promise((resolve) => {
      const probe = net.createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export function render(directory, environment) {
  return execFileSync(path.join(checkout, 'nginx/render.sh'), [directory], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: 'pipe',
    encoding: 'utf8',
  });
}

export async function startRedis(socket) {
  const server = spawn(
    'redis-server',
    ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', path.dirname(socket), '--pidfile', path.join(path.dirname(socket), 'pids/redis.pid')],
    { stdio: 'ignore' },
  );
  const call = (...words) => execFileSync('redis-cli', ['-s', socket, ...words], { encoding: 'utf8', stdio: 'pipe' }).trimEnd();
  await until('redis answers', () => {
    try {
      return call('ping') === 'PONG';
    } catch {
      return false;
    }
  });
  return {
    call,
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    stop: () =>
      new Promise((resolve) => {
        if (server.exitCode !== null || server.signalCode !== null) return resolve();
        server.once('exit', resolve);
        server.kill('SIGKILL');
      }),
  };
}

// settings: more K_ variables, or a function of the directory that answers them. edit(directory): changes rendered files before nginx starts. web: {path: content}.
export async function startGateway({ settings = {}, edit, web = {} } = {}) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ks-gateway-'));
  const inside = (...parts) => path.join(directory, ...parts);
  for (const name of ['sock', 'logs', 'pids', 'web']) fs.mkdirSync(inside(name));
  for (const [name, content] of Object.entries(web)) {
    fs.mkdirSync(path.dirname(inside('web', name)), { recursive: true });
    fs.writeFileSync(inside('web', name), content);
  }
  const port = await freePort();
  const redis = await startRedis(inside('redis.sock'));
  const backends = {
    public: await startBackend('public', inside('sock/public.http.sock')),
    admin: await startBackend('admin', inside('sock/admin.http.sock')),
  };
  render(inside('nginx'), {
    K_RUN_DIR: directory,
    K_SOCKET_DIR: inside('sock'),
    K_LOG_DIR: inside('logs'),
    K_WEB_ROOT: inside('web'),
    K_GATEWAY_PORT: String(port),
    K_REDIS_URL: `unix://${inside('redis.sock')}`,
    ...(typeof settings === 'function' ? settings(directory) : settings),
  });
  edit?.(inside('nginx'));
  const nginx = (...more) =>
    execFileSync('nginx', ['-c', inside('nginx/nginx.conf'), '-p', directory, '-e', inside('logs/nginx.log'), ...more], {
      stdio: 'pipe',
    });
  nginx();
  const pid = () => Number(fs.readFileSync(inside('pids/nginx.pid'), 'utf8'));

  const lines = (file) => {
    const text = fs.existsSync(inside('logs', file)) ? fs.readFileSync(inside('logs', file), 'utf8') : '';
    return text.split('\n').filter((line) => line !== '');
  };

  const gateway = {
    port,
    directory,
    redis,
    backends,
    inside,
    pid,
    // Resolves to {status, headers, text, json}.
    request(target, options = {}) {
      const { body, ...rest } = options;
      return new Promise((resolve, reject) => {
        const request = http.request(
          { host: '127.0.0.1', port, path: target, agent: false, ...rest },
          (response) => {
            const parts = [];
            response.on('data', (part) => parts.push(part));
            response.on('error', reject);
            response.on('end', () => resolve(answer(response.statusCode, response.headers, Buffer.concat(parts))));
          },
        );
        request.on('error', reject);
        request.end(body);
      });
    },
    post(target, body, headers = {}) {
      const text = JSON.stringify(body);
      return gateway.request(target, {
        method: 'POST',
        body: text,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers },
      });
    },
    raw: (text, options) => rawExchange(port, text, options),
    logText: (file) => lines(file).join('\n'),
    entries: (file) => lines(file).map((line) => JSON.parse(line)),
    entry: (file, matches) => until(`a line in ${file}`, () => gateway.entries(file).find(matches)),
    violations: () => redis.call('lrange', 'rate_limit:violations', '0', '-1').split('\n').filter(Boolean),
    async stop() {
      const master = pid();
      process.kill(master, 'SIGTERM');
      await until('nginx ends', () => !fs.existsSync(inside('pids/nginx.pid')));
      await redis.stop();
      await Promise.all(Object.values(backends).map((backend) => backend.stop()));
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
  await until('the gateway answers', () => gateway.request('/health').then(() => true, () => false));
  return gateway;
}

function answer(status, headers, bytes) {
  const text = bytes.toString('utf8');
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status, headers, text, json, bytes };
}

// Writes bytes as they are and reads until the server closes, at most timeoutMs.
export function rawExchange(port, text, { timeoutMs = 3000, keepWriting } = {}) {
  return new Promise((resolve) => {
    const started = Date.now();
    let received = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    const pulse = keepWriting && setInterval(() => socket.writable && socket.write(keepWriting.text), keepWriting.everyMs);
    const finish = (closed) => {
      clearInterval(pulse);
      clearTimeout(timer);
      socket.destroy();
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1] ?? 0);
      const body = received.slice(received.indexOf('\r\n\r\n') + 4);
      resolve({ status, received, body, closed, tookMs: Date.now() - started });
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.on('data', (part) => (received += part.toString('latin1')));
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
  });
}

// The two-bucket window makes exact counts possible only away from its edge.
export async function awayFromWindowEdge(seconds = 4, window = 60) {
  const left = window - ((Date.now() / 1000) % window);
  if (left < seconds) await sleep(left * 1000 + 50);
}

export async function inParallel(count, work, width = 16) {
  const results = [];
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
