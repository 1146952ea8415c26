// Files that are cut, deleted, made anew, or not there yet.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { scenario, scenarios, sleep } from './collectorFixture.mjs';

scenarios('truncation', () => {
  scenario('copytruncate of a file that was read', async (it) => {
    await it.startAndRead(100);
    it.copyTruncate();
    it.write(50);
    await it.equal();
  });

  scenario('copytruncate with unread lines, which the copy has', async (it) => {
    await it.startAndRead(100);
    it.write(800);
    it.copyTruncate();
    it.write(50);
    await it.equal();
  });

  scenario('copytruncate while the collector is down', async (it) => {
    const first = await it.startAndRead(100);
    await it.kill(first);
    it.write(50);
    it.copyTruncate();
    it.write(50);
    it.start();
    await it.equal();
  });

  scenario('copytruncate, restart, copytruncate', async (it) => {
    const first = await it.startAndRead(150);
    it.copyTruncate();
    it.write(35);
    await it.kill(first);
    it.copyTruncate();
    it.write(15);
    it.start();
    await it.equal();
  });

  scenario('copytruncate three times in a row', async (it) => {
    await it.startAndRead(40);
    for (let i = 0; i < 3; ++i) {
      it.write(40);
      it.copyTruncate();
    }
    it.write(4);
    await it.equal();
  });

  scenario('cut to nothing and at once longer than before', async (it) => {
    await it.startAndRead(20);
    // Nobody keeps a copy, and everything had been read: nothing may be missing.
    fs.truncateSync(it.file(), 0);
    it.write(200);
    await it.equal();
  });

  scenario('cut without a copy: what had not been read is gone, all else is there', async (it) => {
    const first = await it.startAndRead(20);
    await it.kill(first);
    it.writeDoomed(30);
    fs.truncateSync(it.file(), 0);
    it.write(10);
    it.start();
    await it.equal();
    assert.equal(await it.rows(), 30);
  });

  scenario('a writer without O_APPEND goes on behind a hole of NUL bytes', async (it) => {
    await it.startAndRead(50);
    const writer = fs.openSync(it.file(), 'r+');
    const end = fs.statSync(it.file()).size;
    fs.copyFileSync(it.file(), it.file('access.log.1'));
    fs.truncateSync(it.file(), 0);
    // The hole is the beginning of the first line, which is therefore none.
    const first = it.line();
    it.written.delete(it.lastNumber);
    it.bad += 1;
    fs.writeSync(writer, first + it.line() + it.line(), end);
    fs.closeSync(writer);
    await it.equal();
  });

  scenario('deleted and made anew', async (it) => {
    await it.startAndRead(40);
    fs.rmSync(it.file());
    await sleep(300);
    it.write(40);
    await it.equal();
  });

  scenario('deleted with unread lines while the collector has it open', async (it) => {
    const child = await it.startAndRead(40);
    child.kill('SIGSTOP');
    it.write(300);
    fs.rmSync(it.file());
    it.write(40);
    child.kill('SIGCONT');
    await it.equal();
  });

  scenario('deleted unread while the collector is down: gone, all else is there', async (it) => {
    const first = await it.startAndRead(40);
    await it.kill(first);
    it.writeDoomed(30);
    fs.rmSync(it.file());
    it.write(10);
    it.start();
    await it.equal();
    assert.equal(await it.rows(), 50);
  });

  scenario('the inode is used again for another text', async (it) => {
    const first = await it.startAndRead(40);
    await it.stop(first);
    fs.rmSync(it.file());
    // Most file systems hand out the same number again; where not, this is deleting and making anew.
    it.append('');
    it.write(60);
    it.start();
    await it.equal();
  });

  scenario('the inode is used again for a text with the same first line', async (it) => {
    it.writeBad('the same first line');
    const first = await it.startAndRead(40);
    await it.kill(first);
    fs.truncateSync(it.file(), 0);
    it.writeBad('the same first line');
    it.write(60);
    it.start();
    await it.equal();
  });

  scenario('rotated and new file begin with the same line', async (it) => {
    it.writeBad('the same first line');
    await it.startAndRead(40);
    it.rotate();
    it.writeBad('the same first line');
    it.write(60);
    await it.equal();
  });

  scenario('a new file that holds, byte for byte, all that the rotated one held is a copy of it', async (it) => {
    it.writeBad('the same first line');
    it.start();
    await it.read();
    it.rotate();
    it.append('the same first line\n'); // not counted again
    await sleep(300);
    it.write(60);
    await it.equal();
  });

  scenario('somebody keeps copies beside the log', async (it) => {
    await it.startAndRead(40);
    fs.copyFileSync(it.file(), it.file('access.log.bak'));
    it.write(40);
    fs.copyFileSync(it.file(), it.file('access.log-copy'));
    await sleep(1500);
    it.rotate();
    fs.copyFileSync(it.file('access.log.1'), it.file('access.log.save'));
    it.write(5);
    await it.until('done', async () => (await it.number("select count(*) from log_file where state = 'done'")) === 1);
    await it.equal();
  });

  scenario('a hard link to the log', async (it) => {
    it.write(40);
    fs.linkSync(it.file(), it.file('access.log.link'));
    it.start();
    await it.read();
    it.write(40);
    it.rotate();
    it.write(5);
    await it.equal();
  });

  scenario('an empty file', async (it) => {
    it.append('');
    it.start();
    await sleep(700);
    it.write(10);
    await it.equal();
  });

  scenario('an empty file is rotated', async (it) => {
    it.append('');
    it.start();
    await sleep(500);
    it.rotate();
    it.append('');
    await sleep(500);
    it.rotate();
    it.write(10);
    await it.equal();
  });

  scenario('the file appears late', async (it) => {
    it.start();
    await sleep(1200);
    it.write(10);
    await it.equal();
  });

  scenario('the directory is made late', async (it) => {
    fs.rmdirSync(it.logs);
    it.start();
    await sleep(1200);
    fs.mkdirSync(it.logs);
    it.write(10);
    await it.equal();
  });

  scenario('the directory is removed and made anew', async (it) => {
    await it.startAndRead(10);
    fs.rmSync(it.logs, { recursive: true });
    await sleep(600);
    fs.mkdirSync(it.logs);
    it.write(20);
    await it.read();
    it.write(20);
    await it.equal();
  });

  scenario('the directory is replaced by another of the same name', async (it) => {
    await it.startAndRead(10);
    fs.renameSync(it.logs, `${it.logs}.old`);
    fs.mkdirSync(it.logs);
    it.write(20);
    await it.read();
    it.write(20);
    await it.equal();
  });

  scenario('permission is denied, then given', async (it) => {
    it.write(10);
    fs.chmodSync(it.file(), 0);
    it.start({ powerless: true });
    await sleep(1000);
    assert.equal(await it.rows(), 0);
    fs.chmodSync(it.file(), 0o600);
    await it.read();
    it.write(10);
    await it.equal();
  });

  scenario('permission is denied to a rotated file, then given', async (it) => {
    it.write(10);
    it.rotate();
    fs.chmodSync(it.file('access.log.1'), 0);
    it.write(10);
    it.start({ powerless: true });
    await it.until('the new file is read', async () => (await it.rows()) === 10);
    await sleep(1500);
    fs.chmodSync(it.file('access.log.1'), 0o600);
    await it.equal();
  });

  scenario('the log is a symbolic link, which is turned to another file', async (it) => {
    fs.symlinkSync('first.txt', it.file());
    it.write(10, { name: 'first.txt' });
    it.start();
    await it.read();
    it.write(10, { name: 'first.txt' });
    fs.symlinkSync('second.txt', it.file('new'));
    fs.renameSync(it.file('new'), it.file());
    it.write(10, { name: 'second.txt' });
    it.write(10, { name: 'first.txt' });
    await it.equal();
  });

  scenario('something that is no file stands in its place', async (it) => {
    fs.mkdirSync(it.file());
    it.start();
    await sleep(800);
    fs.rmdirSync(it.file());
    it.write(10);
    await it.equal();
  });
});
