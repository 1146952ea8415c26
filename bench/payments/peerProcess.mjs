// The peer as a process. Its pid file lets payments.sh end it whatever happens.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const answers = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** style: steps or single; settings: PEER_*. Answers {port, style, pool, stop()}. */
export async function startPeer({ script, work, style, pool, settings }) {
  const port = await freePort();
  const name = `peer-${style}-${pool}`;
  const logFile = path.join(work, `${name}.log`);
  const log = fs.openSync(logFile, 'a');
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(K|BENCH)_/.test(key)));
  const child = spawn('node', [script], {
    detached: true, // a group of its own, as startProcess makes it
    env: { ...env, NODE_ENV: 'production', PEER_PORT: String(port), PEER_WORKERS: '2', PEER_STYLE: style, PEER_POOL: String(pool), ...settings },
    stdio: ['ignore', log, log],
  });
  const started = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19];
  const pidFile = path.join(work, `${name}.process`);
  fs.writeFileSync(pidFile, `${child.pid} ${started}\n`);
  for (let tries = 0; !(await answers(port)); ++tries) {
    if (tries > 600 || child.exitCode !== null) throw new Error(`${name} does not start: ${fs.readFileSync(logFile, 'utf8').slice(-2000)}`);
    await sleep(100);
  }
  return {
    port,
    style,
    pool,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      fs.rmSync(pidFile, { force: true });
    },
  };
}
