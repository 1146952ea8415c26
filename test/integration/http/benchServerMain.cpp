#include <csignal>
#include <cstdio>

#include "httpTestServer.hpp"

/// Serves /ping until SIGINT or SIGTERM; prints its port and socket.
int main() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  ks::httpTest::TestServer server;
  std::printf("%d %s\n", server.port(), server.socketPath.c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
