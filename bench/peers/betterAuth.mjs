// The peer better-auth with PostgreSQL, rate limits and telemetry off: POST /api/auth/sign-in/email, GET
// /api/auth/get-session. One worker a core, as k-services has one hashing thread a core.
// Environment: PEER_PORT, PEER_DATABASE_URL, PEER_WORKERS, PEER_COOKIE_CACHE (1: a session is believed from its cookie).
import cluster from 'node:cluster';
import http from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

const { PEER_PORT, PEER_DATABASE_URL, PEER_WORKERS = '2', PEER_COOKIE_CACHE = '0' } = process.env;

const options = {
  database: new pg.Pool({ connectionString: PEER_DATABASE_URL, options: '-c search_path=peer', max: 8 }),
  baseURL: `http://127.0.0.1:${PEER_PORT}`,
  secret: 'a secret of the benchmark alone, 32 and more',
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: PEER_COOKIE_CACHE === '1', maxAge: 300 } },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
};

if (cluster.isPrimary) {
  await (await getMigrations(options)).runMigrations();
  for (let i = 0; i < Number(PEER_WORKERS); ++i) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
} else {
  http.createServer({ keepAliveTimeout: 75_000 }, toNodeHandler(betterAuth(options))).listen(Number(PEER_PORT), '127.0.0.1', 4096);
}
