#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "http/server/httpServer.hpp"

// httpBenchServer loop|httplib SOCKET: answers everything at once until SIGTERM; /quick... on the loop's own
// thread where there is a loop.
namespace {

class Answers final : public ks::RequestHandlerInterface {
 public:
  [[nodiscard]] bool isQuick(ks::HttpMethod /*method*/, std::string_view target) const override {
    return target.starts_with("/quick");
  }
  [[nodiscard]] ks::HttpResponse dispatch(const ks::HttpRequest& /*request*/) const override {
    return ks::HttpResponse::rawJson(200, R"({"status":"healthy"})");
  }
  [[nodiscard]] ks::HttpResponse refuse(ks::Fault fault, std::string_view /*requestId*/) const override {
    return ks::HttpResponse::text(ks::describe(fault.code).httpStatus, "text/plain", "refused");
  }
};

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    return 64;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const Answers answers;
  const auto make = std::string_view(words[1]) == "loop" ? ks::makeLoopServer : ks::makeHttplibServer;
  const auto server = make({.unixSocket = words[2]}, answers);
  if (const auto started = server->start(); !started) {
    std::fprintf(stderr, "%s\n", started.fault().message.c_str());
    return 69;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  server->stop();
  return 0;
}
