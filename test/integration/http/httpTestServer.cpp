#include "httpTestServer.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "http/server/waitRule.hpp"

namespace ks::httpTest {

ObjectSchema<EchoInput> schemaFor(Of<EchoInput> /*of*/) {
  return ObjectSchema<EchoInput>("Echo", "A text that comes back")
      .field("text", &EchoInput::text, rules().length(0, 1024 * 1024));
}

TestServer::TestServer(const Implementation& implementation, HttpServerConfig config,
                       std::size_t admissionLimit)
    : isLoop(implementation.isLoop), gate(admissionLimit) {
  RouteSpec spec;
  spec.path = "/ping";
  spec.operationId = "ping";
  spec.summary = "Answers";
  routes.add(spec, {RouteOutput{200, "It answers", nullptr}},
             [](const RequestCall<>&) { return HttpResponse::rawJson(200, R"({"status":"ok"})"); });
  spec.path = "/slow";
  spec.operationId = "slow";
  routes.add(spec, {RouteOutput{200, "After 300 ms", nullptr}}, [](const RequestCall<>&) -> HttpResponse {
    if (const auto refusal = beginWaiting(); refusal != ErrorCode::none) {
      return HttpResponse(noPlaceFault(refusal));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return HttpResponse::rawJson(200, R"({"status":"slow"})");
  });
  for (const bool quick : {false, true}) {
    spec.quick = quick;
    spec.path = quick ? "/largeQuick" : "/large";
    spec.operationId = spec.path.substr(1);
    routes.add(spec, {RouteOutput{200, "512 KiB", nullptr}}, [](const RequestCall<>&) {
      return HttpResponse::rawJson(200, '"' + std::string(kLargeBytes - 2, 'x') + '"');
    });
  }
  spec.path = "/quick";
  spec.operationId = "quick";
  routes.add(spec, {RouteOutput{200, "It answers", nullptr}},
             [](const RequestCall<>&) { return HttpResponse::rawJson(200, R"({"status":"quick"})"); });
  spec.path = "/quickButAsks";
  spec.operationId = "quickButAsks";
  routes.add(spec, {RouteOutput{200, "After 300 ms", nullptr}}, [](const RequestCall<>&) -> HttpResponse {
    if (const auto refusal = beginWaiting(); refusal != ErrorCode::none) {
      return HttpResponse(noPlaceFault(refusal));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return HttpResponse::rawJson(200, R"({"status":"asked"})");
  });
  spec.quick = false;
  spec.path = "/throw";
  spec.operationId = "throw";
  routes.add(spec, {RouteOutput{200, "Never", nullptr}},
             [](const RequestCall<>&) -> HttpResponse { throw std::runtime_error("secret cause"); });
  spec.method = HttpMethod::post;
  spec.path = "/echo";
  spec.operationId = "echo";
  spec.bodyLimit = 2 * 1024 * 1024;
  routes.add(spec, ok("The text"), [this](const RequestCall<EchoInput>& call) {
    ++echoes;
    return call.body;
  });
  spec.path = "/bodyless";
  spec.operationId = "bodyless";
  routes.add(spec, noContent("Done"), [](const RequestCall<>&) { return Done{}; });

  addEventRoutes();

  SystemRoutesConfig system;
  system.services = {"test"};
  system.documentedUnder = "test";
  system.info = {.title = "test", .version = "1"};
  system.startedAt = clock.now();
  system.clock = &clock;
  system.health = [] {
    HealthReport report;
    report.checks.push_back({"database", true, true, 1.5, {}});
    return report;
  };
  system.gate = &gate;
  system.metrics = &metrics;
  addSystemRoutes(routes, system);

  char directory[] = "/tmp/k-http-test-XXXXXX";
  if (mkdtemp(directory) == nullptr) {
    throw std::runtime_error("mkdtemp");
  }
  socketPath = std::string(directory) + "/http.sock";
  DispatcherConfig dispatching{&clock, &ids, &gate, &metrics, {}, &streams};
  // The token is the user's number.
  dispatching.authentication.authenticate = [](std::string_view token,
                                               const RequestContext&) -> Result<Authenticated> {
    auto principal = std::make_shared<Principal>();
    principal->userId.bytes.back() = static_cast<std::uint8_t>(token.front());
    return Authenticated{principal, nullptr};
  };
  dispatching.authentication.sessionEnded = [this](const Principal&) { return sessionEnded.load(); };
  dispatcher = std::make_unique<RequestDispatcher>(routes, dispatching);
  tcp = implementation.make(config, *dispatcher);
  config.unixSocket = socketPath;
  gateway = implementation.make(config, *dispatcher);
  for (auto* server : {tcp.get(), gateway.get()}) {
    if (auto started = server->start(); !started) {
      throw std::runtime_error(started.fault().message);
    }
  }
}

void TestServer::addEventRoutes() {
  RouteSpec spec;
  spec.path = "/events";
  spec.operationId = "events";
  spec.summary = "A stream";
  spec.access = RouteAccess::signedIn();
  spec.streams = true;
  routes.add(spec, {RouteOutput{200, "Events", nullptr, std::string(kEventStreamType)}},
             [this](const RequestCall<>& call) {
               call.stream->write("hello", "first");
               const std::lock_guard lock(streamMutex_);
               newestStream_ = call.stream;
               return HttpResponse::events(call.stream);
             });
}

EventStreamPtr TestServer::newestStream() {
  const std::lock_guard lock(streamMutex_);
  return newestStream_;
}

HttpServerState TestServer::state() const {
  auto sum = tcp->state();
  const auto more = gateway->state();
  sum.connections += more.connections;
  sum.busyWorkers += more.busyWorkers;
  sum.waitingRequests += more.waitingRequests;
  sum.eventStreams += more.eventStreams;
  sum.droppedStreams += more.droppedStreams;
  sum.droppedAnswers += more.droppedAnswers;
  return sum;
}

void TestServer::stop(std::chrono::milliseconds grace) const {
  gateway->stop(grace);
  tcp->stop(grace);
}

TestServer::~TestServer() {
  stop(std::chrono::seconds(2));
  rmdir(socketPath.substr(0, socketPath.rfind('/')).c_str());
}

}  // namespace ks::httpTest
