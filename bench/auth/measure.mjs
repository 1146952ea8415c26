// measure.mjs ROOT LOAD SECONDS ROUNDS: called by bench/auth.sh.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { buildDir, runProgram, sleep, startInstallation, until } from '../../test/integration/installation.mjs';
import { machine, median, printTable, table, thousands, version, writeReport } from '../reportPage.mjs';

const [root, load, seconds, rounds] = process.argv.slice(2);
const here = path.join(root, 'bench');
const email = 'bench@example.test';
const password = 'correct horse battery staple';
const peerRedis = path.join(process.env.K_TEST_TMP, 'redis.sock');
const chains = 8; // sessions that are refreshed at the same time
const peers = [];

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startPeer(script, env) {
  const port = await freePort();
  const log = fs.openSync(path.join(process.env.K_TEST_TMP, `${script}.log`), 'a');
  const child = spawn('node', [path.join(here, 'peers', script)], {
    env: { ...process.env, NODE_ENV: 'production', PEER_PORT: String(port), PEER_WORKERS: '2', ...env },
    stdio: ['ignore', log, log],
  });
  peers.push(child);
  const origin = `http://127.0.0.1:${port}`;
  await until(script, async () => (await fetch(`${origin}/api/auth/health`)).status > 0, 30_000);
  return origin;
}

/** Requests a second of one wrk run; throws when a request failed, which would be another measurement. */
async function wrk(url, { threads = 1, connections = 32, headers = {}, script, env = {} }) {
  const words = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '10s'];
  for (const [name, value] of Object.entries(headers)) words.push('-H', `${name}: ${value}`);
  if (script) words.push('-s', path.join(here, 'auth', script));
  const { stdout, stderr } = await runProgram('wrk', [...words, url], { env: { ...process.env, ...env }, timeoutMs: 60_000 });
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout);
  const speed = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  if (failed || !(speed > 0)) throw new Error(`${url}: ${failed?.[0] ?? stdout + stderr}`);
  return speed;
}

/** Verifications a second of libsodium alone; throws when it is not the implementation that this processor can run. */
let implementation = '';
async function bareArgon() {
  const { stdout } = await runProgram(path.join(buildDir, 'bench', 'bareArgon'), [seconds], { timeoutMs: 60_000 });
  const bare = JSON.parse(stdout);
  if (bare.implementation === 'reference' && process.arch === 'x64') throw new Error('bareArgon runs the reference implementation: no limit');
  ({ implementation } = bare);
  return bare.per_second;
}

const post = async (url, body, headers = {}) => {
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer;
};

const residentMb = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const it = await startInstallation('auth', { K_RATE_LIMITS: 'off' });
const figures = {};
const note = (what, side, value) => ((figures[what] ??= {})[side] ??= []).push(value);
try {
  await sleep(2000);
  const memory = { 'k-public': residentMb(it.pid('k-public')), 'k-admin': residentMb(it.pid('k-admin')) };

  const ours = `http://127.0.0.1:${it.env.K_PUBLIC_PORT}`;
  const who = await it.makeUser(email, password);
  const device = { id: 'the benchmark' };
  const session = await it.login(who, { device });
  // As many people as sign in at once and some more: sign-ins of one account wait for each other.
  const accounts = [email];
  for (let made = 1; made < 16; made += 1) {
    accounts.push(`bench${made}@example.test`);
    await it.makeUser(accounts[made], password);
  }
  const tokens = [];
  for (let made = 0; made < chains; made += 1) tokens.push((await it.login(who, { device })).refresh_token);
  const service = JSON.parse((await it.kctl('key', 'create', 'bench', '--kind', 'service', '--scopes', 'tokens:introspect', '--json')).stdout).key;

  const digest = (text) => crypto.createHash('sha256').update(text).digest('hex');
  const fastify = await startPeer('fastifySession.mjs', { PEER_REDIS_URL: peerRedis });
  const peerTokens = Array.from({ length: chains }, () => crypto.randomBytes(32).toString('base64url'));
  const stored = JSON.stringify({ user: session.user });
  const keys = [`bench:session:${digest(session.access_token)}`, ...peerTokens.map((token) => `bench:refresh:${digest(token)}`)];
  for (const key of keys) {
    const { status, stderr } = await runProgram('redis-cli', ['-s', peerRedis, 'set', key, stored]);
    if (status !== 0) throw new Error(stderr);
  }

  await it.sql('create schema peer');
  const betterSides = {};
  for (const [side, cache] of [['better', '0'], ['betterCached', '1']]) {
    const origin = await startPeer('betterAuth.mjs', { PEER_DATABASE_URL: it.superuserUrl, PEER_COOKIE_CACHE: cache });
    const account = { email: `${side}@example.test`, password, name: 'Bench' };
    const answer = await post(`${origin}/api/auth/sign-up/email`, account, { Origin: origin });
    const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
    betterSides[side] = { origin, cookie, account };
  }

  const bearer = { Authorization: `Bearer ${session.access_token}` };
  const introspection = JSON.stringify({ token: session.access_token });
  const login = (origin, target, bodies, headers) =>
    wrk(origin + target, { connections: 8, headers, script: 'post.lua', env: { BENCH_BODY: bodies.map((body) => JSON.stringify(body)).join('\n'), BENCH_TOKEN: '' } });
  const runs = [
    ['login', 'bare', bareArgon],
    ['login', 'ours', () => login(ours, '/api/auth/login', accounts.map((identifier) => ({ identifier, password, device })))],
    ['login', 'better', () => login(betterSides.better.origin, '/api/auth/sign-in/email', [{ email: betterSides.better.account.email, password }], { Origin: betterSides.better.origin })],
    ['session', 'ours', () => wrk(`${ours}/api/auth/me`, { headers: bearer })],
    ['session', 'fastify', () => wrk(`${fastify}/api/auth/me`, { headers: bearer })],
    ...Object.entries(betterSides).map(([side, { origin, cookie }]) => ['session', side, () => wrk(`${origin}/api/auth/get-session`, { headers: { Cookie: cookie } })]),
    ['introspection', 'ours', () => wrk(`${ours}/api/auth/introspect`, { script: 'post.lua', env: { BENCH_BODY: introspection, BENCH_TOKEN: service } })],
    ['introspection', 'fastify', () => wrk(`${fastify}/api/auth/introspect`, { script: 'post.lua', env: { BENCH_BODY: introspection, BENCH_TOKEN: service } })],
    ['refresh', 'ours', () => wrk(`${ours}/api/auth/token/refresh`, { threads: chains, connections: chains, script: 'refresh.lua', env: { BENCH_TOKENS: tokens.join(' ') } })],
    ['refresh', 'fastify', () => wrk(`${fastify}/api/auth/token/refresh`, { threads: chains, connections: chains, script: 'refresh.lua', env: { BENCH_TOKENS: peerTokens.join(' ') } })],
  ];
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [what, side, run] of runs) {
      if (what === 'refresh') {
        // A chain of its own for each round: the last token of the one before stayed with wrk.
        for (let at = 0; at < chains; at += 1) {
          if (side === 'ours') tokens[at] = (await it.login(who, { device })).refresh_token;
          else {
            peerTokens[at] = crypto.randomBytes(32).toString('base64url');
            await runProgram('redis-cli', ['-s', peerRedis, 'set', `bench:refresh:${digest(peerTokens[at])}`, stored]);
          }
        }
      }
      note(what, side, await run());
    }
  }
  report(memory);
} finally {
  for (const peer of peers) peer.kill('SIGTERM');
  await it.down().catch((error) => console.error(String(error)));
}

function report(memory) {
  const sides = {
    ours: 'k-services',
    bare: `libsodium's Argon2id alone (${implementation}), a thread a core`,
    fastify: 'Fastify + ioredis, 2 workers',
    better: 'better-auth + PostgreSQL, 2 workers',
    betterCached: 'better-auth, session believed from its cookie for 5 minutes',
  };
  const what = { login: 'sign-in', refresh: 'refresh', introspection: 'introspection', session: 'session GET' };
  const lines = [];
  for (const [key, name] of Object.entries(what)) {
    for (const [side, values] of Object.entries(figures[key])) {
      lines.push([name, sides[side], thousands(Math.round(median(values) * 10) / 10), `${thousands(Math.round(Math.min(...values)))} to ${thousands(Math.round(Math.max(...values)))}`]);
    }
  }
  const ratio = (key, peer) => median(figures[key].ours.map((value, at) => value / figures[key][peer][at]));
  const goals = [
    ['sign-ins / Argon2id alone on all cores', ratio('login', 'bare'), 0.95, '>='],
    ['session GET / Fastify', ratio('session', 'fastify')],
    ['session GET / better-auth', ratio('session', 'better')],
    ['session GET / better-auth with cookie cache', ratio('session', 'betterCached')],
    ['introspection / Fastify', ratio('introspection', 'fastify')],
    ['introspection / better-auth session GET', median(figures.introspection.ours.map((value, at) => value / figures.session.better[at]))],
    ['refresh / Fastify', ratio('refresh', 'fastify')],
    ['refresh / better-auth session GET', median(figures.refresh.ours.map((value, at) => value / figures.session.better[at]))],
    ['sign-ins / better-auth (scrypt, its default)', ratio('login', 'better')],
    ['memory of k-public, idle, MB', memory['k-public'], 64, '<'],
    ['memory of k-admin, idle, MB', memory['k-admin'], 64, '<'],
  ].map(([text, value, goal, sign]) => {
    const reached = goal === undefined ? '' : (sign === '<' ? value < goal : value >= goal) ? 'yes' : 'no';
    return { text, value: Math.round(value * 100) / 100, goal: goal === undefined ? '' : `${sign} ${goal}`, reached };
  });
  const rows = goals.map(({ text, value, goal, reached }) => [text, value.toFixed(2), goal, reached]);
  const commit = version('git', '-C', root, 'rev-parse', '--short', 'HEAD');
  const where = machine(load);
  const packages = JSON.parse(fs.readFileSync(path.join(here, 'peers', 'package-lock.json'), 'utf8')).packages;
  const versionOf = (name) => packages[`node_modules/${name}`].version;
  const busy = where.load_before > 0.5 ? '\nThe machine was busy with other work: the figures are low and the ratios uncertain.\n' : '';
  const section = `## Accounts

${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${where.cpu}, ${where.cores} cores shared with the load generator, load average ${load} before
the first round. wrk on each side's own loopback port, past the gateway, 32 connections (refresh: 8; sign-in: 8, of 16 accounts in turn), ${rounds} alternating
rounds of ${seconds} s; medians; a ratio is the median of the rounds' ratios. Node ${process.version}, Fastify ${versionOf('fastify')}, better-auth ${versionOf('better-auth')} with
PostgreSQL in the same server. better-auth has no refresh and no introspection: its session GET is what its users call instead.
Sign-ins can be above what libsodium alone reaches: its memory comes in small pages, ours in huge ones ([why](decisions/hashMemory.md)).
${busy}
${table(['operation', 'side', 'per second', 'range'], lines)}

${table(['figure', 'is', 'goal', 'reached'], rows)}
`;
  writeReport(root, 'auth', { date: new Date().toISOString(), commit, machine: where, seconds: Number(seconds), rounds: Number(rounds), memory_mb: memory, per_second: figures, goals }, section);
  printTable([['operation', 'side', 'per second', 'range'], ...lines]);
  printTable([['figure', 'is', 'goal', 'reached'], ...rows]);
}
