#include "http/routes/monitoring/liveRoutes.hpp"

#include <string>
#include <utility>

#include "http/routes/monitoring/monitoringRoute.hpp"

namespace ks {
ObjectSchema<LiveLatency> schemaFor(Of<LiveLatency> /*of*/) {
  return ObjectSchema<LiveLatency>("LiveLatency", "Milliseconds")
      .field("p50", &LiveLatency::p50)
      .field("p95", &LiveLatency::p95)
      .field("p99", &LiveLatency::p99);
}

ObjectSchema<LiveRequest> schemaFor(Of<LiveRequest> /*of*/) {
  return ObjectSchema<LiveRequest>("LiveRequest", "A request as the live view shows it")
      .field("timestamp", &LiveRequest::at)
      .field("request_id", &LiveRequest::requestId)
      .field("service", &LiveRequest::service)
      .field("method", &LiveRequest::method)
      .field("route", &LiveRequest::route)
      .field("status", &LiveRequest::status)
      .field("rate_limited", &LiveRequest::rateLimited)
      .field("remote_ip", &LiveRequest::remoteIp)
      .field("latency_ms", &LiveRequest::latencyMs);
}

ObjectSchema<LiveSummary> schemaFor(Of<LiveSummary> /*of*/) {
  return ObjectSchema<LiveSummary>("LiveSummary",
                                   "Requests whose lines were stored since the previous summary")
      .field("timestamp", &LiveSummary::at)
      .field("collecting", &LiveSummary::collecting,
             rules().describe("false: another process collects this node's logs and all counts are 0"))
      .field("requests", &LiveSummary::requests)
      .field("client_errors", &LiveSummary::clientErrors)
      .field("server_errors", &LiveSummary::serverErrors)
      .field("rate_limited", &LiveSummary::rateLimited)
      .field("late", &LiveSummary::late,
             rules().describe("stored now but more than 30 s old; not included in other figures"))
      .field("latency_ms", &LiveSummary::latencyMs, rules().describe("of the last 10 s"))
      .field("recent", &LiveSummary::recent, rules().describe("newest first, at most 10"));
}

namespace {

/// Renders summaries as events.
class LiveEventListener final : public LiveListenerInterface {
 public:
  explicit LiveEventListener(EventStreamPtr stream) : stream_(std::move(stream)) {}
  bool tell(const LiveSummary& summary) override {
    if (!stream_->open()) {
      return false;
    }
    std::string json;
    schemaOf<LiveSummary>().write(json, summary);
    return stream_->write("summary", json);
  }

 private:
  const EventStreamPtr stream_;
};

}  // namespace

void addLiveRoutes(RouteTable& routes, LiveSubscription subscribe) {
  auto spec =
      monitoringRoute("/metrics/live", "metricsLive", "Server-sent events: live figures once a second");
  spec.description =
      "Events of the name summary. The stream ends after 5 minutes, or sooner with its session; connect "
      "again. At most 4 streams a user.";
  spec.errors = {};
  spec.streams = true;
  auto events = output<LiveSummary>(200, "The data of an event");
  events.contentType = kEventStreamType;
  routes.add(std::move(spec), {std::move(events)},
             [subscribe = std::move(subscribe)](const RequestCall<>& call) {
               valueOf(subscribe(call.context, std::make_shared<LiveEventListener>(call.stream)));
               return HttpResponse::events(call.stream);
             });
}

}  // namespace ks
