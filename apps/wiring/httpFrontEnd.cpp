#include "apps/wiring/httpFrontEnd.hpp"

#include <utility>

#include "actors/account/deviceTraits.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "apps/wiring/collectorMetrics.hpp"
#include "apps/wiring/controlStatus.hpp"
#include "apps/wiring/paymentMetrics.hpp"
#include "apps/wiring/version.hpp"
#include "core/invariant.hpp"
#include "http/routes/system/controlRoutes.hpp"
#include "http/routes/system/systemRoutes.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/openApiDocument.hpp"

namespace ks {
namespace {

/// Of the loopback port: apart from the gateway's, so that direct callers cannot take its workers.
constexpr std::size_t kLoopbackThreads = 32;
constexpr std::size_t kControlThreads = 10;
constexpr std::size_t kDirectBytes = 32 * 1024 * 1024;  ///< buffers of those two
constexpr std::chrono::milliseconds kGrace{10'000};     ///< for what is in flight at a stop
constexpr std::chrono::milliseconds kControlGrace{1'000};
constexpr std::chrono::milliseconds kOpenPatience{10'000};
constexpr std::chrono::milliseconds kAskAgain{20};
constexpr std::chrono::milliseconds kHealthFreshness{1000};
constexpr std::chrono::milliseconds kHealthDeadline{1500};
constexpr std::chrono::milliseconds kMetricsDeadline{1500};

OpenApiInfo apiInfo(const ServerKind& kind) {
  return {kind.apiTitle, kVersion, "Errors have one form everywhere; see the schema Error.", "/"};
}

const MetricFamily kEventsStored{"k_events_stored_total", MetricType::counter,
                                 "Audit events and log lines stored."};
const MetricFamily kEventsDropped{"k_events_dropped_lines_total", MetricType::counter,
                                  "Security and error lines dropped because the inbox was full."};
const MetricFamily kEventsRefused{"k_events_refused_audit_total", MetricType::counter,
                                  "Operations refused because the inbox had no space for their audit event."};
const MetricFamily kAuditWaiting{"k_events_waiting_audit", MetricType::gauge,
                                 "Audit events waiting to be stored."};
const MetricFamily kLinesWaiting{"k_events_waiting_lines", MetricType::gauge,
                                 "Log lines waiting to be stored."};
const MetricFamily kRefusals{"k_refusals_total", MetricType::counter,
                             "Refusals recorded in the audit trail."};
const MetricFamily kRefusalsCounted{"k_refusals_counted_total", MetricType::counter,
                                    "Refusals among them that share an entry."};
const MetricFamily kStreamsDropped{"k_http_streams_dropped_total", MetricType::counter,
                                   "Event streams dropped because the reader was too slow."};
const MetricFamily kAnswersDropped{"k_http_answers_dropped_total", MetricType::counter,
                                   "Answers dropped because the reader was too slow."};
const MetricFamily kInvariantsBroken{"k_invariants_broken_total", MetricType::counter,
                                     "Broken invariants; each is in the log as invariant.broken."};

void appendEventMetrics(PrometheusText& out, const EventInbox::Counters& events,
                        const RefusalTrail::Counters& refusals) {
  out.add(kEventsStored, events.stored);
  out.add(kEventsDropped, events.droppedLines);
  out.add(kEventsRefused, events.refusedAudit);
  out.add(kAuditWaiting, std::uint64_t{events.waitingAudit});
  out.add(kLinesWaiting, std::uint64_t{events.waitingLines});
  out.add(kRefusals, refusals.refusals);
  out.add(kRefusalsCounted, refusals.counted);
}

}  // namespace

void addHttpFrontEndActors(ServerContext& context) {
  const auto sockets = context.settings.socketDir + "/" + context.kind.process;
  const auto add = [&context](const std::string& name, HttpServerConfig config,
                              std::chrono::milliseconds grace) {
    auto listener = std::make_shared<HttpListener>("httpFrontEndActor-" + name, std::move(config),
                                                   context.settings.slowOperation, grace);
    context.listeners.push_back(listener);
    context.addBlocking<HttpFrontEndState>(listener->name(), context.frontEnds.emplace_back(), listener);
  };
  add("control",
      {.unixSocket = sockets + ".ctl.sock",
       .unixSocketMode = 0600,
       .threads = kControlThreads,
       .maxBufferedBytes = kDirectBytes,
       .maxUnsentBytes = kDirectBytes},
      kControlGrace);
  add("loopback",
      {.port = context.kind.port(context.settings),
       .threads = kLoopbackThreads,
       .maxBufferedBytes = kDirectBytes,
       .maxUnsentBytes = kDirectBytes},
      kGrace);
  add("gateway", {.unixSocket = sockets + ".http.sock"}, kGrace);
}

HttpFrontEnd::HttpFrontEnd(ServerContext& context) : context_(context) {
  fillRoutes();
  fillControlRoutes();
  dispatcher_ = std::make_unique<RequestDispatcher>(routes_, dispatcherConfig(gate_, metrics_));
  controlDispatcher_ =
      std::make_unique<RequestDispatcher>(controlRoutes_, dispatcherConfig(controlGate_, controlMetrics_));
}

void HttpFrontEnd::fillRoutes() {
  context_.kind.addRoutes(context_, routes_);
  SystemRoutesConfig config;
  config.services = context_.kind.apis;
  config.documentedUnder = context_.kind.apis.front();
  config.info = apiInfo(context_.kind);
  config.startedAt = context_.startedAt;
  config.clock = &context_.clock;
  config.health = [this] { return currentHealth(); };
  config.appendMetrics = [this](PrometheusText& out) {
    appendEventMetrics(out, context_.events->counters(), context_.refusals->counters());
    append(out, streams_);
    HttpServerState server;
    for (const auto& listener : context_.listeners) {
      const auto state = listener->state();
      server.droppedStreams += state.droppedStreams;
      server.droppedAnswers += state.droppedAnswers;
    }
    out.add(kStreamsDropped, server.droppedStreams);
    out.add(kAnswersDropped, server.droppedAnswers);
    out.add(kInvariantsBroken, brokenInvariants());
    if (context_.talksToBank()) {
      appendPaymentMetrics(out, context_.paymentBoard->view(), context_.clock.now());
    }
    out.append(prometheusText(*context_.system));
    if (context_.kind.collectorStatus) {
      RequestContext request;
      request.requestId = context_.uuids.next().toString();
      request.deadline = std::chrono::steady_clock::now() + kMetricsDeadline;
      appendCollectorMetrics(out, context_.kind.collectorStatus(context_, request));
    }
  };
  config.gate = &gate_;
  config.metrics = &metrics_;
  addSystemRoutes(routes_, config);
}

void HttpFrontEnd::fillControlRoutes() {
  ControlRoutesConfig config;
  config.status = [this](const RequestContext& request) {
    return controlStatus(context_, request, currentHealth(), gate_);
  };
  config.actors = [this] { return controlActors(context_); };
  config.settings = [this] { return controlSettings(context_); };
  config.auth = [this] { return context_.auth.get(); };
  addControlRoutes(controlRoutes_, config);
  if (context_.kind.addControlRoutes) {
    context_.kind.addControlRoutes(context_, controlRoutes_);
  }
}

DispatcherConfig HttpFrontEnd::dispatcherConfig(AdmissionGate& gate, RequestMetrics& metrics) {
  DispatcherConfig config;
  config.clock = &context_.clock;
  config.ids = &context_.uuids;
  config.gate = &gate;
  config.metrics = &metrics;
  config.streams = &streams_;
  config.refusals = context_.refusals.get();
  config.authentication.clock = &context_.clock;
  config.authentication.authenticate = [this](std::string_view token, const RequestContext& request) {
    return context_.authenticate(token, request);
  };
  config.authentication.csrf = [this](const Principal& principal, std::string_view token) {
    return context_.crypto->csrf.verify(principal.sessionId, token);
  };
  config.authentication.sameDevice = [this](const Authenticated& caller, const ClientInfo& client) {
    return isOnDevice(context_.crypto->devices, caller.principal->deviceHash, client,
                      caller.transport == TokenTransport::cookie);
  };
  config.authentication.sessionEnded = [this](const Principal& principal) {
    return context_.tokenCache->hasEnded(principal);
  };
  if (context_.kind.foreignPages) {
    config.authentication.trustedOrigins = [this] {
      return context_.settingsBoard->current()->loaded.settings.corsOrigins;
    };
  }
  return config;
}

HealthReport HttpFrontEnd::currentHealth() {
  const auto latest = context_.healthBoard->latest();
  if (latest && context_.clock.now() - latest->at < kHealthFreshness) {
    return *latest;
  }
  RequestContext request;
  request.requestId = context_.uuids.next().toString();
  request.deadline = std::chrono::steady_clock::now() + kHealthDeadline;
  auto report = askActor(context_.health.get(), request, CheckHealth{request});
  if (report) {
    return std::move(report.value());
  }
  HealthReport silent;
  silent.at = context_.clock.now();
  silent.checks.push_back({"health", false, true, static_cast<double>(kHealthDeadline.count()),
                           "the health actor did not answer"});
  return silent;
}

Result<Done> HttpFrontEnd::start() {
  for (std::size_t i = 0; i < context_.listeners.size(); ++i) {
    auto& listener = *context_.listeners[i];
    listener.allow(i == 0 ? *controlDispatcher_ : *dispatcher_);
    std::optional<Result<Done>> opened;
    // The supervisor may not have come as far as this actor yet.
    for (auto end = std::chrono::steady_clock::now() + kOpenPatience;
         !opened && std::chrono::steady_clock::now() < end; opened = listener.waitOpened(kAskAgain)) {
      if (const auto actor = context_.frontEnds[i].get()) {
        compat::tellAnon(actor, TickAtom_v);
      }
    }
    if (!opened || !*opened) {
      return opened ? std::move(*opened)
                    : Result<Done>(makeFault(ErrorCode::timeout, listener.name() + " did not start"));
    }
  }
  return Done{};
}

void HttpFrontEnd::drain() {
  gate_.drain();
  for (const auto& listener : context_.listeners) {
    listener->endBy(std::chrono::steady_clock::now() + kGrace);
  }
}

std::string HttpFrontEnd::openApi() const { return openApiDocument(routes_, apiInfo(context_.kind)); }

}  // namespace ks
