// The peer: Fastify with a session in Redis, as one would write it for speed. Answers on a Unix socket:
// GET /api/auth/health and GET /api/auth/me. The session holds the very bytes that k-services answers for the same
// user, so both sides send the same body.
// Environment: PEER_SOCKET, PEER_REDIS_URL, PEER_WORKERS.
import cluster from 'node:cluster';
import { createHash } from 'node:crypto';
import fastify from 'fastify';
import Redis from 'ioredis';

const { PEER_SOCKET, PEER_REDIS_URL, PEER_WORKERS = '2' } = process.env;

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

  await app.listen({ path: PEER_SOCKET, backlog: 4096 });
}
