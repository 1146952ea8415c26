// Stands between the collector and PostgreSQL and cuts the connection around COMMIT, so that the collector cannot know
// whether its transaction was stored.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export class CommitProxy {
  constructor(directory, server) {
    this.directory = directory;
    this.server = server;
    this.cut = null; // 'before': the server never hears of COMMIT; 'after': it commits and nobody hears of that
    this.cuts = 0;
    this.sockets = new Set();
  }

  async listen() {
    fs.mkdirSync(this.directory, { recursive: true });
    this.listener = net.createServer((client) => this.connect(client));
    await new Promise((resolve) => this.listener.listen(path.join(this.directory, '.s.PGSQL.5432'), resolve));
  }

  connect(client) {
    const server = net.connect(this.server);
    let deaf = false;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.sockets.delete(socket);
        if (!deaf) end();
      });
    }
    client.on('data', (part) => {
      if (this.cut && part.includes('Q\0\0\0\x0bCOMMIT\0')) {
        const how = this.cut;
        this.cut = null;
        this.cuts += 1;
        if (how === 'before') return end();
        // The client is gone at once; the server is heard out, so that the commit takes place.
        deaf = true;
        server.write(part);
        server.once('data', () => end());
        return client.destroy();
      }
      server.write(part);
    });
    server.on('data', (part) => {
      if (!deaf) client.write(part);
    });
  }

  async close() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.listener.close(resolve));
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
