// Rotation by renaming, as logrotate does it, at every bad moment.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { scenario, scenarios, sleep } from './collectorFixture.mjs';

scenarios('rotation', () => {
  scenario('rotated while it is read, the new file there at once', async (it) => {
    await it.startAndRead(100);
    it.rotate();
    it.write(50);
    await it.equal();
  });

  scenario('rotated with lines that were not read yet', async (it) => {
    await it.startAndRead(10);
    it.write(500);
    it.rotate();
    it.write(20);
    await it.equal();
  });

  scenario('the new file comes late', async (it) => {
    await it.startAndRead(30);
    it.rotate();
    await sleep(1500);
    it.write(30);
    await it.equal();
  });

  scenario('rotated while the collector is down', async (it) => {
    const first = await it.startAndRead(30);
    await it.stop(first);
    it.write(30);
    it.rotate();
    it.write(30);
    it.start();
    await it.equal();
  });

  scenario('rotated five times while the collector is down', async (it) => {
    const first = await it.startAndRead(30);
    await it.stop(first);
    for (let i = 0; i < 5; ++i) {
      it.write(25);
      it.rotate();
    }
    it.write(5);
    it.start();
    await it.equal();
  });

  scenario('rotated three times while down, the older ones compressed', async (it) => {
    const first = await it.startAndRead(30);
    await it.kill(first);
    for (let i = 0; i < 3; ++i) {
      it.write(25);
      it.rotate();
      if (it.exists('access.log.2')) it.compress('access.log.2');
    }
    it.start();
    await it.equal();
  });

  scenario('a stale writer goes on in the renamed file', async (it) => {
    await it.startAndRead(30);
    it.rotate();
    for (let i = 0; i < 8; ++i) {
      it.write(5, { name: 'access.log.1' });
      it.write(5);
      await sleep(150);
    }
    await it.equal();
  });

  scenario('a stale writer goes on in the renamed file across a restart', async (it) => {
    const first = await it.startAndRead(30);
    it.rotate();
    it.write(5);
    await it.read();
    await it.kill(first);
    it.write(7, { name: 'access.log.1' });
    it.start();
    await it.read();
    it.write(7, { name: 'access.log.1' });
    await it.equal();
  });

  scenario('a stale writer writes to the rotated file after it was finished', async (it) => {
    await it.startAndRead(30);
    it.rotate();
    it.write(5);
    await it.until('the old file is done', async () => (await it.number("select count(*) from log_file where state = 'done'")) === 1);
    it.write(9, { name: 'access.log.1' });
    await it.equal();
  });

  scenario('twelve rotations in a row', async (it) => {
    it.write(5);
    it.start();
    for (let i = 0; i < 12; ++i) {
      it.write(20);
      it.rotate();
    }
    it.write(5);
    await it.equal();
  });

  scenario('forty files rotate while lines come', async (it) => {
    it.start();
    for (let i = 0; i < 38; ++i) {
      it.write(1 + (i % 7));
      await sleep(30);
      it.rotate();
    }
    await it.equal();
  });

  scenario('rotated in the middle of a line, which the stale writer ends', async (it) => {
    it.write(10);
    const end = it.writeTorn();
    it.start();
    await sleep(500);
    it.rotate();
    it.write(10);
    await sleep(500);
    it.append(end, 'access.log.1');
    await it.equal();
  });

  scenario('the last line of a rotated file is torn for good', async (it) => {
    it.write(10);
    it.append('{"timestamp":"2026-01-01T00:0');
    it.bad += 1;
    it.start();
    await sleep(300);
    it.rotate();
    it.write(10);
    await it.equal();
  });

  scenario('a file that was followed holds nothing but a torn line when it is rotated', async (it) => {
    it.start();
    await it.retained();
    it.append('{"timestamp":"2026-01-01T00:0');
    it.bad += 1;
    await sleep(1000); // seen once: a rotated file without a whole line that nobody followed is not looked at
    it.rotate();
    it.write(10);
    await it.equal();
  });

  scenario('rotated files are named by date', async (it) => {
    const first = await it.startAndRead(10);
    await it.stop(first);
    for (const day of ['20260101', '20260102']) {
      it.write(12);
      fs.renameSync(it.file(), it.file(`access.log-${day}`));
    }
    it.write(3);
    it.start();
    await it.equal();
  });

  scenario('the file is moved away and comes back', async (it) => {
    await it.startAndRead(20);
    fs.renameSync(it.file(), it.file('access.log.1'));
    await sleep(700);
    fs.renameSync(it.file('access.log.1'), it.file());
    it.write(20);
    await it.read();
    await it.until('it is the active one again', async () => (await it.number("select count(*) from log_file where state = 'active'")) === 1);
    await it.equal();
  });

  scenario('killed while it drains a renamed file', async (it) => {
    const first = await it.startAndRead(20);
    it.write(3000);
    it.rotate();
    it.write(10);
    await sleep(40);
    await it.kill(first);
    it.start();
    await it.equal();
  });

  scenario('a rotated file was partly read before two more rotations while down', async (it) => {
    const first = await it.startAndRead(50);
    await it.kill(first);
    it.write(50);
    it.rotate();
    it.write(50);
    it.rotate();
    it.write(50);
    it.start();
    await it.equal();
  });

  scenario('a finished file is compressed', async (it) => {
    await it.startAndRead(60);
    it.rotate();
    it.write(10);
    await it.until('done', async () => (await it.number("select count(*) from log_file where state = 'done'")) === 1);
    it.compress('access.log.1');
    await it.equal();
  });

  scenario('an unfinished file is compressed while the collector is down', async (it) => {
    const first = await it.startAndRead(60);
    await it.kill(first);
    it.write(60);
    it.rotate();
    it.compress('access.log.1');
    it.write(10);
    it.start();
    await it.equal();
  });

  scenario('an unknown file is there compressed', async (it) => {
    it.write(200);
    it.rotate();
    it.compress('access.log.1');
    it.write(10);
    it.start();
    await it.equal();
  });

  scenario('a file is compressed while it is drained', async (it) => {
    await it.startAndRead(60);
    it.write(2000);
    it.rotate();
    it.compress('access.log.1');
    it.write(10);
    await it.equal();
  });

  scenario('a compressed file is being written yet', async (it) => {
    it.write(2000);
    const packed = zlib.gzipSync(fs.readFileSync(it.file()));
    fs.rmSync(it.file());
    it.write(5);
    it.start();
    for (let at = 0; at < packed.length; at += Math.ceil(packed.length / 5)) {
      fs.appendFileSync(it.file('access.log.1.gz'), packed.subarray(at, at + Math.ceil(packed.length / 5)));
      await sleep(900);
    }
    await it.equal();
  });

  scenario('a compressed file is rubbish', async (it) => {
    fs.writeFileSync(it.file('access.log.2.gz'), 'this is no gzip');
    fs.writeFileSync(it.file('access.log.3.gz'), Buffer.concat([zlib.gzipSync('x').subarray(0, 8), Buffer.from([255, 255, 255, 255, 1, 2, 3])]));
    await it.startAndRead(10);
    it.write(10);
    await it.equal();
  });

  scenario('the log of honeypot hits rotates too', async (it) => {
    await it.startAndRead(30);
    it.rotate();
    it.write(30);
    await it.read();
    await it.until('marked', async () => (await it.number('select count(*) from metric_snapshot where honeypot')) === 60);
    await it.equal();
  }, { source: 'dos' });
});
