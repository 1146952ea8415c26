// Random programs of everything that the named scenarios do. The seed decides the program; real time decides where in it
// the collector stands, so a failure that does not come again at once comes again after some tries.
import { describe, test } from 'node:test';
import fs from 'node:fs';
import { Scenario, sleep } from './collectorFixture.mjs';

const seeds = Number(process.env.K_TORTURE_SEEDS ?? 6);
const seconds = Number(process.env.K_TORTURE_SECONDS ?? 60);
const first = Number(process.env.K_TORTURE_FIRST ?? Math.floor(Date.now() / 1000) % 1_000_000);
const begin = Date.now();

function generator(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const rubbish = ['garbage', '{}', '{"timestamp":"2026', '\u0000\u0001', ']', ''];

/** One step; its name goes into the program's text. Every step leaves the file at the end of a line. */
async function step(it, random, proxy) {
  switch (random(16)) {
    case 0:
      if (it.exists()) it.rotate();
      return 'rotate';
    case 1:
      if (!it.exists()) return '';
      it.copyTruncate();
      return 'copytruncate';
    case 2: {
      const end = it.writeTorn();
      await sleep(random(500));
      it.append(end);
      return 'torn';
    }
    case 3:
      it.writeBad(`${it.bad} ${rubbish[random(rubbish.length)]}`);
      return 'rubbish';
    case 4:
      it.writeOversized(262_200 + random(900_000));
      return 'oversized';
    case 5:
      if (!it.exists('access.log.1')) return '';
      it.write(1 + random(8), { name: 'access.log.1' });
      return 'stale';
    case 6: {
      await it.kill(it.processes.at(-1), random(3) ? 'SIGKILL' : 'SIGTERM');
      await sleep(random(3) ? 0 : random(800));
      const down = random(4);
      for (let i = 0; i < down; ++i) {
        it.write(1 + random(30));
        if (random(3) === 0) it.rotate();
      }
      it.start({ proxy: true });
      return 'kill';
    }
    case 7:
      proxy.cut = random(2) ? 'before' : 'after';
      it.write(1);
      return `commit-${proxy.cut}`;
    case 8:
      await it.cutConnections();
      return 'cut';
    case 9: {
      // Two collectors by mistake, for a while.
      const second = it.start();
      await sleep(300 + random(700));
      await it.kill(second);
      return 'second';
    }
    case 10: {
      // Deleted only when it is known to be finished: what was not read would be gone for everybody.
      const done = await it.sql("select inode, read_offset from log_file where state = 'done'");
      const gone = fs.readdirSync(it.logs).filter((name) => {
        const { ino, size } = fs.statSync(it.file(name));
        return /\.\d+$/.test(name) && !name.endsWith('.1') && done.some(([inode, offset]) => inode === String(ino) && offset === String(size));
      });
      if (gone.length > random(4)) fs.rmSync(it.file(gone[0]));
      return 'delete';
    }
    case 11:
      if (it.exists('access.log.2')) it.compress('access.log.2');
      return 'compress';
    default:
      it.write(1 + random(random(8) === 0 ? 2000 : 40));
      await sleep(random(250));
      return 'write';
  }
}

describe('random programs', { concurrency: 3 }, () => {
  for (let seed = first; seed < first + seeds; ++seed) {
    test(`seed ${seed}`, async (context) => {
      if (Date.now() - begin > seconds * 1000) return context.skip('time is up');
      const it = await Scenario.make(`seed ${seed}`);
      const program = [];
      try {
        const random = generator(seed);
        const proxy = await it.startProxy();
        it.start({ proxy: true });
        for (let i = 0; i < 60; ++i) {
          program.push(await step(it, random, proxy));
          await sleep(random(120));
        }
        proxy.cut = null;
        it.write(1);
        await it.equal();
      } catch (error) {
        throw new Error(`seed ${seed}: again with test/torture/run.sh --seed ${seed}\n${program.join(' ')}`, { cause: error });
      } finally {
        await it.end();
      }
    });
  }
});
