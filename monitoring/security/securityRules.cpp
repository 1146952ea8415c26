#include "monitoring/security/securityRules.hpp"

#include "core/contentHash.hpp"

namespace ks {
namespace {

struct RuleInfo {
  std::string_view name;
  Severity severity;
};
constexpr std::array<RuleInfo, 7> kRuleInfos{{{"dos_attempt", Severity::high},
                                              {"rapid_violations", Severity::medium},
                                              {"honeypot", Severity::low},
                                              {"honeypot", Severity::high},
                                              {"auth_spray", Severity::high},
                                              {"auth_distributed", Severity::high},
                                              {"path_probing", Severity::medium}}};

const RuleInfo& infoOf(SecurityRule rule) { return kRuleInfos[static_cast<std::size_t>(rule)]; }

}  // namespace

std::string_view ruleName(SecurityRule rule) noexcept { return infoOf(rule).name; }
Severity ruleSeverity(SecurityRule rule) noexcept { return infoOf(rule).severity; }

std::size_t SecurityRules::AddressHash::operator()(const IpAddress& address) const noexcept {
  const auto& bytes = address.bytes();
  return contentHash({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

SecurityRules::SecurityRules(const SecurityRuleConfig& config)
    : config_(config), sources_(config.mostTracked), accounts_(config.mostTracked) {}

SecurityFinding* SecurityRules::find(SecurityRule rule, const EventRate& rate, const SecurityEvent& event,
                                     QuietTimes& quiet, std::vector<SecurityFinding>& findings) const {
  auto& quietUntil = quiet[static_cast<std::size_t>(rule)];
  if (quietUntil && event.at < *quietUntil) {
    return nullptr;
  }
  quietUntil = event.at + config_.quiet;
  auto& finding = findings.emplace_back();
  finding.rule = rule;
  finding.at = event.at;
  finding.source = event.source;
  finding.subject = event.source ? event.source->countingPrefix() : std::string{};
  finding.rate = rate;
  return &finding;
}

void SecurityRules::observe(const SecurityEvent& event, std::vector<SecurityFinding>& findings) {
  if (event.kind == SecurityEventKind::loginFailed) {
    observeLogin(event, findings);
    return;
  }
  if (!event.source) {
    return;
  }
  auto& source = sources_.touch(event.source->counted());
  const auto check = [&](SecurityRule rule, bool full, const EventRate& rate) {
    if (full) {
      find(rule, rate, event, source.quietUntil, findings);
    }
  };
  switch (event.kind) {
    case SecurityEventKind::violation:
      if (!event.crossSite) {
        check(SecurityRule::dosAttempt, source.dosAttempt.add(event.at, config_.dosAttempt),
              config_.dosAttempt);
      }
      check(SecurityRule::rapidViolations, source.rapidViolations.add(event.at, config_.rapidViolations),
            config_.rapidViolations);
      break;
    case SecurityEventKind::honeypot:
      check(SecurityRule::honeypotHit, true, {1, config_.honeypot.window});
      if (!event.crossSite) {
        check(SecurityRule::honeypotRepeated, source.honeypot.add(event.at, config_.honeypot),
              config_.honeypot);
        break;
      }
      [[fallthrough]];  // a client that only pretends to be another site's victim is found by the paths that it tries
    case SecurityEventKind::denied:
      check(SecurityRule::pathProbing,
            source.paths.add({event.path, event.at, *event.source}, config_.pathProbing),
            config_.pathProbing);
      break;
    case SecurityEventKind::loginFailed:
      break;
  }
}

void SecurityRules::observeLogin(const SecurityEvent& event, std::vector<SecurityFinding>& findings) {
  if (!event.source || event.account.empty()) {
    return;
  }
  const auto counted = event.source->counted();
  auto& source = sources_.touch(counted);
  if (source.accounts.add({contentHash(event.account), event.at, counted}, config_.authSpray)) {
    find(SecurityRule::authSpray, config_.authSpray, event, source.quietUntil, findings);
  }
  auto& account = accounts_.touch(event.account);
  if (account.addresses.add({AddressHash{}(counted), event.at, counted}, config_.authDistributed)) {
    if (auto* finding = find(SecurityRule::authDistributed, config_.authDistributed, event,
                             account.quietUntil, findings)) {
      finding->source.reset();
      finding->subject = event.account;
      for (const auto& value : account.addresses.values()) {
        finding->addresses.push_back(value.source.countingPrefix());
      }
    }
  }
}

void SecurityRules::restore(const SuspiciousActivity& activity) {
  for (std::size_t i = 0; i < kRules; ++i) {
    if (kRuleInfos[i].name != activity.type || kRuleInfos[i].severity != activity.severity) {
      continue;
    }
    const bool ofAccount = static_cast<SecurityRule>(i) == SecurityRule::authDistributed;
    if (!ofAccount && !activity.source) {
      continue;
    }
    auto& quietUntil = ofAccount ? accounts_.touch(activity.subject).quietUntil[i]
                                 : sources_.touch(activity.source->counted()).quietUntil[i];
    quietUntil = std::max(quietUntil.value_or(TimePoint{}), activity.at + config_.quiet);
  }
}

}  // namespace ks
