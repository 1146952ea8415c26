#include "test/simulation/detection/detectionOracle.hpp"

#include <functional>
#include <map>
#include <optional>

namespace ks::sim {
namespace {

struct OracleRule {
  const char* type;
  Severity severity;
  SecurityEventKind kind;
  EventRate rate;
  /// Whom an event counts for, and what is counted once; an empty text counts every event.
  std::function<std::string(const SecurityEvent&)> subject;
  std::function<std::string(const SecurityEvent&)> value;
};

std::string addressOf(const SecurityEvent& event) { return event.source->countingPrefix(); }
std::string accountOf(const SecurityEvent& event) { return event.account; }
std::string pathOf(const SecurityEvent& event) { return std::to_string(event.path); }
std::string everyEvent(const SecurityEvent&) { return {}; }

std::vector<OracleRule> oracleRules(const SecurityRuleConfig& config) {
  using Kind = SecurityEventKind;
  return {
      {"dos_attempt", Severity::high, Kind::violation, config.dosAttempt, addressOf, everyEvent},
      {"rapid_violations", Severity::medium, Kind::violation, config.rapidViolations, addressOf, everyEvent},
      {"honeypot", Severity::low, Kind::honeypot, {1, config.honeypot.window}, addressOf, everyEvent},
      {"honeypot", Severity::high, Kind::honeypot, config.honeypot, addressOf, everyEvent},
      {"auth_spray", Severity::high, Kind::loginFailed, config.authSpray, addressOf, accountOf},
      {"auth_distributed", Severity::high, Kind::loginFailed, config.authDistributed, accountOf, addressOf},
      {"path_probing", Severity::medium, Kind::denied, config.pathProbing, addressOf, pathOf},
  };
}

}  // namespace

std::string findingText(std::string_view type, Severity severity, const std::string& subject, TimePoint at) {
  return std::string{type} + " " + std::string{kSeverityNames[static_cast<std::size_t>(severity)]} + " " +
         subject + " at " + std::to_string(at.time_since_epoch().count());
}

std::multiset<std::string> expectedFindings(const std::vector<SecurityEvent>& events,
                                            const SecurityRuleConfig& config) {
  std::multiset<std::string> expected;
  for (const auto& rule : oracleRules(config)) {
    std::map<std::string, std::optional<TimePoint>> lastFound;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].kind != rule.kind) {
        continue;
      }
      const auto subject = rule.subject(events[i]);
      std::set<std::string> counted;
      for (std::size_t k = 0; k <= i; ++k) {
        if (events[k].kind == rule.kind && rule.subject(events[k]) == subject &&
            events[i].at - events[k].at < rule.rate.window) {
          const auto value = rule.value(events[k]);
          counted.insert(value.empty() ? std::to_string(k) : value);
        }
      }
      auto& last = lastFound[subject];
      if (counted.size() >= rule.rate.count && (!last || events[i].at - *last >= config.quiet)) {
        last = events[i].at;
        expected.insert(findingText(rule.type, rule.severity, subject, events[i].at));
      }
    }
  }
  return expected;
}

}  // namespace ks::sim
