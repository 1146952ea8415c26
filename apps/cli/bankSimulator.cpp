#include "apps/cli/bankSimulator.hpp"

#include "apps/cli/controlClient.hpp"

namespace ks::cli {
namespace {

constexpr std::chrono::seconds kStatePatience{2};

}  // namespace

std::optional<UrlParts> bankSimulatorOf(const Settings& settings) {
  auto url = settings.isProduction() || settings.briUrl.empty() ? std::nullopt : parseUrl(settings.briUrl);
  return url && url->scheme == "http" && url->port != 0 && isLoopbackHost(url->host) ? url : std::nullopt;
}

Json bankSimulatorState(const Settings& settings) {
  const auto url = bankSimulatorOf(settings);
  if (!url) {
    return nullptr;
  }
  Json state{{"url", settings.briUrl}, {"reachable", false}};
  const auto reply = getLoopback(url->host, url->port, "/sim/state", kStatePatience);
  const auto answer = Json::parse(reply.body, nullptr, false);
  if (reply.status == 200 && answer.is_object()) {
    state["reachable"] = true;
    for (const char* name : {"accounts", "qrs", "credits"}) {
      state[name] = answer.value(name, Json());
    }
    const auto faults = answer.value("faults", Json::object());
    state["faults"] =
        faults.is_object() && faults.value("enabled", false) ? faults.value("rules", Json(0)) : Json(0);
  }
  return state;
}

}  // namespace ks::cli
