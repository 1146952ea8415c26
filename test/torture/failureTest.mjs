// The collector, its database and its clock fail.
import assert from 'node:assert/strict';
import { scenario, scenarios, sleep } from './collectorFixture.mjs';

/** Writes now and then until what is given back is called. */
function writing(it, { lines = 40, everyMs = 25 } = {}) {
  let going = true;
  const done = (async () => {
    while (going) {
      it.write(lines);
      await sleep(everyMs);
    }
  })();
  return async () => {
    going = false;
    await done;
  };
}

scenarios('failures', () => {
  scenario('killed twelve times while lines come', async (it) => {
    const rest = writing(it);
    for (let i = 0; i < 12; ++i) {
      const child = it.start();
      await sleep(150 + ((i * 97) % 400));
      await it.kill(child);
    }
    await rest();
    it.start();
    await it.equal();
  });

  scenario('killed in the middle of a large file', async (it) => {
    it.write(15_000);
    for (const ms of [250, 350, 450, 300]) {
      const child = it.start();
      await sleep(ms);
      await it.kill(child);
    }
    it.start();
    await it.equal();
  });

  scenario('stopped and started while lines come', async (it) => {
    const rest = writing(it);
    for (let i = 0; i < 3; ++i) {
      const child = it.start();
      await sleep(700);
      await it.stop(child);
    }
    await rest();
    it.start();
    await it.equal();
  });

  scenario('killed and rotated in turn', async (it) => {
    const rest = writing(it, { lines: 15 });
    for (let i = 0; i < 6; ++i) {
      const child = it.start();
      await sleep(350);
      if (it.exists()) it.rotate();
      await sleep(100);
      await it.kill(child);
      if (i % 2 && it.exists()) it.rotate();
    }
    await rest();
    it.start();
    await it.equal();
  });

  scenario('two collectors at once', async (it) => {
    const rest = writing(it);
    it.start();
    it.start();
    await sleep(1500);
    if (it.exists()) it.rotate();
    await sleep(800);
    await rest();
    await it.equal();
  });

  scenario('two collectors at once, the first is killed', async (it) => {
    const rest = writing(it);
    const first = it.start();
    await sleep(500);
    it.start();
    await sleep(500);
    await it.kill(first);
    await sleep(500);
    await rest();
    await it.equal();
  });

  scenario('two collectors at once, both lose their connections and their lock', async (it) => {
    const rest = writing(it);
    it.start();
    it.start();
    for (let i = 0; i < 8; ++i) {
      await sleep(300);
      await it.cutConnections();
    }
    await rest();
    await it.equal();
  });

  scenario('a collector that stood still for long comes back beside another', async (it) => {
    const rest = writing(it);
    const first = it.start();
    await sleep(600);
    first.kill('SIGSTOP');
    await it.cutConnections();
    it.start();
    await sleep(1200);
    first.kill('SIGCONT');
    await sleep(800);
    await rest();
    await it.equal();
  });

  scenario('stands still while the file rotates three times', async (it) => {
    const child = await it.startAndRead(30);
    child.kill('SIGSTOP');
    for (let i = 0; i < 3; ++i) {
      it.write(30);
      it.rotate();
    }
    it.write(3);
    child.kill('SIGCONT');
    await it.equal();
  });

  scenario('the server process dies at COMMIT', async (it) => {
    await it.sql('create table torture_switch (kill boolean)');
    await it.sql('insert into torture_switch values (false)');
    await it.sql(
      `create function torture_kill() returns trigger language plpgsql as $$ begin if (select kill from torture_switch) then perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1); end if; return null; end $$`,
    );
    await it.sql('create constraint trigger torture after update on log_file deferrable initially deferred for each row execute function torture_kill()');
    it.start();
    for (let i = 0; i < 4; ++i) {
      it.write(50);
      await it.read();
      await it.sql('update torture_switch set kill = true');
      it.write(50);
      await sleep(500);
      assert.equal(await it.rows(), it.written.size - 50, 'nothing of an unfinished transaction stays');
      await it.sql('update torture_switch set kill = false');
    }
    await it.equal();
  });

  for (const how of ['before', 'after']) {
    scenario(`the connection is cut ${how} COMMIT, again and again`, async (it) => {
      const proxy = await it.startProxy();
      it.start({ proxy: true });
      it.write(20);
      await it.read();
      for (let i = 0; i < 6; ++i) {
        proxy.cut = how;
        it.write(20);
        await it.until('cut', () => proxy.cut === null);
        if (i % 2) it.rotate();
        if (i % 3 === 0) await it.read();
      }
      assert.equal(proxy.cuts, 6);
      await it.equal();
    });
  }

  scenario('killed just when COMMIT was sent', async (it) => {
    const proxy = await it.startProxy();
    for (const how of ['after', 'before', 'after', 'before']) {
      proxy.cut = how;
      it.write(200);
      const child = it.start({ proxy: true });
      await it.until('cut', () => proxy.cut === null);
      await it.kill(child);
    }
    it.start({ proxy: true });
    await it.equal();
  });

  scenario('the database is away for a while, the file rotates meanwhile', async (it) => {
    await it.startAndRead(30);
    await it.refuseConnections(true);
    it.write(30);
    it.rotate();
    it.write(30);
    await sleep(1500);
    it.rotate();
    it.write(30);
    await it.refuseConnections(false);
    await it.equal();
  });

  scenario('started while the database is away', async (it) => {
    await it.refuseConnections(true);
    it.write(30);
    it.start();
    await sleep(1500);
    await it.refuseConnections(false);
    await it.equal();
  });

  scenario('connections die every 100 ms', async (it) => {
    const rest = writing(it, { lines: 20 });
    it.start();
    for (let i = 0; i < 20; ++i) {
      await sleep(100);
      await it.cutConnections();
      if (i % 6 === 5 && it.exists()) it.rotate();
    }
    await rest();
    await it.equal();
  });

  for (const [signal, name] of [['SIGUSR1', 'back'], ['SIGUSR2', 'forward']]) {
    scenario(`the clock steps two hours ${name}, then the file rotates`, async (it) => {
      it.write(30);
      const child = it.start();
      await it.read();
      child.kill(signal);
      await sleep(300);
      it.write(30);
      it.rotate();
      it.write(30);
      await it.read(15_000);
      it.rotate();
      it.write(10);
      await it.read(15_000);
      await it.until('the old files are done', async () => (await it.number("select count(*) from log_file where state = 'done'")) === 2, 30_000);
      await it.equal();
    });
  }

  scenario('the clock steps back while a copy is looked for', async (it) => {
    const child = await it.startAndRead(30);
    it.write(30);
    child.kill('SIGUSR1');
    it.copyTruncate();
    it.write(30);
    await it.equal();
  });

  scenario('more files are known than any list should hold', async (it) => {
    const child = await it.startAndRead(5);
    await it.stop(child);
    await it.sql(
      `insert into log_file (id, node, source, path, device, inode, head_length, head_hash, read_offset, marker_hash, size, state, created_at, updated_at)
       select ('01970000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid, 'torture', 'access', '/gone/' || g, 1, g, 100, g, 100, g, 100, 'done', now() + g * interval '1 ms', now() from generate_series(1, 3000) g`,
    );
    it.rotate();
    it.write(5);
    it.start();
    await it.equal();
  });
});
