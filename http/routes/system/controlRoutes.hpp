#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/routing/routeTable.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/monitoring/collectorStatus.hpp"

// Operations of the operator's tool (kctl) over the process's Unix socket, mode 0600. Anyone who can open the
// socket may do everything here.
namespace ks {

struct ControlActor {
  std::string name;
  std::uint64_t id = 0;
  std::string parent;
  std::string state;  ///< running, restarting or stopped
  std::int64_t mailbox = 0;
  std::uint64_t handled = 0;
  std::uint64_t failed = 0;
  std::uint64_t restarts = 0;
  double p50Ms = 0;  ///< processing time of a message
  double p99Ms = 0;
  TimePoint startedAt;
  std::string lastError;
};

/// What a httpFrontEndActor counts of its listener.
struct ControlListener {
  std::string actor;
  std::string address;  ///< file of the Unix socket, or host and port
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;   ///< of them event streams
  std::uint64_t inFlight = 0;  ///< requests
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;  ///< no requests, or one too many
  std::uint64_t slow = 0;
  std::uint64_t callsBegun = 0;  ///< questions to actors, a scoped actor each
  std::uint64_t callsEnded = 0;
};

struct ControlActors {
  std::vector<ControlActor> actors;
  std::vector<ControlListener> listeners;
};

struct ControlCheck {
  std::string name;
  bool up = false;
  bool required = true;
  double latencyMs = 0;
  std::string error;
};

struct ControlStatus {
  std::string process;  ///< public or admin
  std::string version;
  std::int64_t pid = 0;
  std::int64_t uptimeS = 0;
  std::string status;  ///< healthy, degraded, unhealthy or draining
  std::vector<ControlCheck> checks;
  std::uint64_t requestsInFlight = 0;
  std::uint64_t requestsRejected = 0;
  std::uint64_t connections = 0;
  std::uint64_t actors = 0;
  std::uint64_t messagesQueued = 0;  ///< in all mailboxes together
  std::uint64_t logLinesWaiting = 0;
  std::uint64_t logLinesDropped = 0;
  std::uint64_t cachedTokens = 0;
  std::int64_t residentKib = 0;
  std::optional<CollectorStatus> collector;  ///< admin process only
};

struct ControlSetting {
  std::string variable;
  std::string value;   ///< secrets masked
  std::string origin;  ///< default, file, environment, database
};

struct ControlRoutesConfig {
  std::function<ControlStatus(const RequestContext&)> status;
  std::function<ControlActors()> actors;
  std::function<std::vector<ControlSetting>()> settings;
  std::function<AuthActor()> auth;  ///< makes administrators; null function: this process does not
};

/// GET /control/status, /control/actors, /control/settings; POST /control/administrators {email,
/// only_if_none}.
void addControlRoutes(RouteTable& routes, const ControlRoutesConfig& config);

}  // namespace ks
