// The peer: Fastify with a session in Redis, as one would write it for speed. Answers on a Unix socket:
// or on a port: GET /api/auth/health and GET /api/auth/me; POST /api/auth/introspect and /api/auth/token/refresh (an opaque
// token in Redis that changes at every use, an access token signed with Ed25519). The session holds the very bytes that
// k-services answers for the same user, so both sides send the same body.
// Environment: PEER_SOCKET or PEER_PORT, PEER_REDIS_URL (or the path of its socket), PEER_WORKERS.
import cluster from 'node:cluster';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import fastify from 'fastify';
import Redis from 'ioredis';

const { PEER_SOCKET, PEER_PORT, PEER_REDIS_URL, PEER_WORKERS = '2' } = process.env;

if (cluster.isPrimary) {
  for (let i = 0; i < Number(PEER_WORKERS); ++i) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
} else {
  const redis = new Redis(PEER_REDIS_URL, { enableAutoPipelining: true });
  const app = fastify({ logger: false, keepAliveTimeout: 75000 });

  app.get('/api/auth/health', async () => ({
    status: 'healthy',
    checks: { database: { status: 'up', latency_ms: 0.2 }, redis: { status: 'up', latency_ms: 0.1 } },
  }));

  app.get('/api/auth/me', async (request, reply) => {
    const header = request.headers.authorization ?? '';
    const token = header.startsWith('Bearer ') ? header.slice(7) : '';
    const session = await redis.get(`bench:session:${createHash('sha256').update(token).digest('hex')}`);
    if (!session) return reply.code(401).send({ error: { code: 'TOKEN_INVALID' } });
    return JSON.parse(session).user;
  });

  const digest = (token) => createHash('sha256').update(token).digest('hex');
  app.post('/api/auth/introspect', async (request) => {
    const session = await redis.get(`bench:session:${digest(request.body.token ?? '')}`);
    if (!session) return { active: false };
    const { user } = JSON.parse(session);
    return { active: true, sub: user.id, roles: user.roles, permissions: user.permissions, aal: 1 };
  });

  const { privateKey } = generateKeyPairSync('ed25519');
  const part = (object) => Buffer.from(JSON.stringify(object)).toString('base64url');
  app.post('/api/auth/token/refresh', async (request, reply) => {
    const session = await redis.getdel(`bench:refresh:${digest(request.body.refresh_token ?? '')}`);
    if (!session) return reply.code(401).send({ error: { code: 'REFRESH_TOKEN_INVALID' } });
    const refreshToken = randomBytes(32).toString('base64url');
    await redis.set(`bench:refresh:${digest(refreshToken)}`, session, 'EX', 604800);
    const { user } = JSON.parse(session);
    const now = Math.floor(Date.now() / 1000);
    const text = `${part({ alg: 'EdDSA', typ: 'at+jwt' })}.${part({ sub: user.id, iat: now, exp: now + 600, roles: user.roles })}`;
    const token = `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
    return { access_token: token, refresh_token: refreshToken, expires_in: 600, user };
  });

  await app.listen(PEER_PORT ? { port: Number(PEER_PORT), host: '127.0.0.1', backlog: 4096 } : { path: PEER_SOCKET, backlog: 4096 });
}
