#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <optional>
#include <thread>

#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "actors/runtime/supervisorActor.hpp"
#include "apps/wiring/httpFrontEndActor.hpp"
#include "apps/wiring/messageTypes.hpp"
#include "http/routing/actorBridge.hpp"
#include "httpTestServer.hpp"
#include "rawClient.hpp"

using namespace ks;
using namespace ks::httpTest;
using namespace std::chrono_literals;

namespace {

/// Answers itself, /slow after 300 ms, /ask after asking an actor that does not answer.
class SmallHandler final : public RequestHandlerInterface {
 public:
  [[nodiscard]] bool isQuick(HttpMethod /*method*/, std::string_view /*target*/) const override {
    return false;
  }
  [[nodiscard]] HttpResponse dispatch(const HttpRequest& request) const override {
    if (request.target == "/slow") {
      std::this_thread::sleep_for(300ms);
    }
    if (request.target == "/ask") {
      const ActorCall call;
      std::this_thread::sleep_for(300ms);
    }
    return HttpResponse::rawJson(request.target == "/full" ? 503 : 200, "{}");
  }
  [[nodiscard]] HttpResponse refuse(Fault fault, std::string_view /*requestId*/) const override {
    return HttpResponse::text(describe(fault.code).httpStatus, "text/plain", "refused");
  }
};

/// One listener under a supervisor.
class FrontEnd {
 public:
  FrontEnd() {
    static const bool registered = (registerMessageTypes(), true);
    static_cast<void>(registered);
    config_.set("caf.scheduler.max-threads", 1);
    system_.emplace(config_);
    const std::vector<ChildSpec> children{
        {listener->name(), [this](caf::actor_system& system, std::shared_ptr<ActorProbe> probe) {
           auto handle =
               spawnBlocking<HttpFrontEndActor, HttpFrontEndState>(system, std::move(probe), listener);
           ref.set(handle);
           return caf::actor_cast<caf::actor>(handle);
         }}};
    supervisor_ = spawnShared<SupervisorActor, SupervisorState>(
        *system_, directory.probe("supervisorActor", "-"), environment_, children, SupervisorLimits{},
        [this](const std::string& reason) { gaveUp = reason; });
    compat::tellAnon(supervisor_, StartAtom_v);
  }
  ~FrontEnd() {
    stop();
    rmdir(directoryPath_.c_str());
  }

  void stop() {
    if (!system_) {
      return;
    }
    {
      caf::scoped_actor self{*system_, true};
      compat::tellAnon(supervisor_, StopAtom_v);
      self->wait_for(supervisor_);
    }
    supervisor_ = SupervisorActor{};
    ref.reset();
    system_.reset();
  }
  Result<Done> open() {
    listener->allow(handler_);
    for (int i = 0; i < 200; ++i) {
      if (const auto actor = ref.get()) {
        compat::tellAnon(actor, TickAtom_v);
      }
      if (auto opened = listener->waitOpened(20ms)) {
        return std::move(*opened);
      }
    }
    return makeFault(ErrorCode::timeout);
  }
  [[nodiscard]] int statusOfGet(const char* target) const {
    RawClient client(socketPath);
    client.send(get(target));
    return statusOf(client.readAnswer());
  }

 private:
  static std::string newDirectory() {
    char name[] = "/tmp/k-front-end-XXXXXX";
    return mkdtemp(name) == nullptr ? "" : name;
  }
  SystemClock clock_;
  CountingSource random_;
  UuidGenerator ids_{clock_, random_};
  const std::string directoryPath_ = newDirectory();

 public:
  const std::string socketPath = directoryPath_ + "/http.sock";
  ActorDirectory directory{clock_};
  std::string gaveUp;
  ActorRef<HttpFrontEndActor> ref;
  const std::shared_ptr<HttpListener> listener = std::make_shared<HttpListener>(
      "httpFrontEndActor-test", HttpServerConfig{.unixSocket = socketPath, .threads = 4}, 200ms, 2000ms);

 private:
  const ActorEnvironment environment_{clock_, random_, ids_, directory};
  const SmallHandler handler_;
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;
  SupervisorActor supervisor_;
};

bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 300 && !condition(); ++i) {
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

}  // namespace

TEST_CASE("a front-end actor opens its listener when it may, and counts", "[http]") {
  FrontEnd frontEnd;
  REQUIRE(soon([&] { return bool(frontEnd.ref.get()); }));
  CHECK_FALSE(RawClient(frontEnd.socketPath).connected());
  REQUIRE(frontEnd.open().ok());
  CHECK(frontEnd.statusOfGet("/") == 200);
  CHECK(frontEnd.statusOfGet("/full") == 503);
  RawClient broken(frontEnd.socketPath);
  broken.send("BREW / HTTP/1.1\r\n\r\n");
  CHECK(statusOf(broken.readAnswer()) >= 400);
  RawClient asking(frontEnd.socketPath);
  asking.send(get("/ask"));
  CHECK(soon([&] { return frontEnd.listener->report().callsBegun == 1; }));
  auto report = frontEnd.listener->report();
  CHECK(report.inFlight == 1);
  CHECK(report.callsEnded == 0);
  CHECK(report.connections >= 1);
  CHECK(report.address == "http.sock");
  CHECK(statusOf(asking.readAnswer()) == 200);
  CHECK(soon([&] { return frontEnd.listener->report().inFlight == 0; }));
  report = frontEnd.listener->report();
  CHECK(report.callsEnded == 1);
  CHECK(report.answered == 3);
  CHECK(report.refused == 2);
  CHECK(report.slow == 1);
}

TEST_CASE("a front-end actor that dies comes back with its listener", "[http]") {
  FrontEnd frontEnd;
  REQUIRE(frontEnd.open().ok());
  REQUIRE(frontEnd.statusOfGet("/") == 200);
  const auto probe = frontEnd.directory.find("httpFrontEndActor-test");
  for (std::uint64_t restarts = 1; restarts <= 2; ++restarts) {
    caf::anon_send_exit(caf::actor_cast<caf::actor>(frontEnd.ref.get()), caf::exit_reason::kill);
    CHECK(soon([&] { return probe->snapshot().restarts() == restarts; }));
    CHECK(soon([&] { return frontEnd.statusOfGet("/") == 200; }));
  }
  CHECK(frontEnd.listener->report().answered >= 3);
  CHECK(frontEnd.gaveUp.empty());
}

TEST_CASE("stopping a front-end actor answers what is in flight, then the socket is gone", "[http]") {
  FrontEnd frontEnd;
  REQUIRE(frontEnd.open().ok());
  RawClient busy(frontEnd.socketPath);
  busy.send(get("/slow"));
  REQUIRE(soon([&] { return frontEnd.listener->report().inFlight == 1; }));
  frontEnd.stop();
  CHECK(statusOf(busy.readAnswer()) == 200);
  CHECK_FALSE(RawClient(frontEnd.socketPath).connected());
}

TEST_CASE("a socket that cannot be opened is told, and the actor dies", "[http]") {
  TestServer other(kLoop);
  FrontEnd frontEnd;
  REQUIRE(symlink(other.socketPath.c_str(), frontEnd.socketPath.c_str()) == 0);
  const auto opened = frontEnd.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.fault().message.find("http.sock") != std::string::npos);
  const auto probe = frontEnd.directory.find("httpFrontEndActor-test");
  CHECK(soon([&] { return probe->snapshot().restarts() >= 1; }));
  frontEnd.stop();
  unlink(frontEnd.socketPath.c_str());
}
