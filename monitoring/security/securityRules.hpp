#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/settings/eventRate.hpp"
#include "messages/monitoring/securityRecords.hpp"
#include "monitoring/security/eventWindow.hpp"
#include "monitoring/security/trackedTable.hpp"

namespace ks {

struct SecurityRuleConfig {
  EventRate dosAttempt{11, std::chrono::seconds{300}};
  EventRate rapidViolations{51, std::chrono::seconds{3600}};
  EventRate honeypot{3, std::chrono::seconds{600}};
  EventRate authSpray{10, std::chrono::seconds{600}};
  EventRate authDistributed{10, std::chrono::seconds{600}};
  EventRate pathProbing{10, std::chrono::seconds{60}};
  std::chrono::seconds quiet{3600};
  std::size_t mostTracked = 10'000;  ///< addresses, and as many accounts
  friend bool operator==(const SecurityRuleConfig&, const SecurityRuleConfig&) = default;
};

enum class SecurityRule : std::uint8_t {
  dosAttempt,
  rapidViolations,
  honeypotHit,
  honeypotRepeated,
  authSpray,
  authDistributed,
  pathProbing,
};

struct SecurityFinding {
  SecurityRule rule = SecurityRule::dosAttempt;
  TimePoint at;
  std::optional<IpAddress> source;  ///< none: the rule is not about one address
  std::string subject;
  EventRate rate;
  std::vector<std::string> addresses;  ///< of authDistributed
};

/// Name and severity as they are stored. Both honeypot rules are called honeypot.
[[nodiscard]] std::string_view ruleName(SecurityRule rule) noexcept;
[[nodiscard]] Severity ruleSeverity(SecurityRule rule) noexcept;

/// The detection rules. Time is the events' own. Memory is bounded: beyond the bound the address or account
/// without events for longest is dropped, and this is counted. Belongs to one thread.
class SecurityRules {
 public:
  explicit SecurityRules(const SecurityRuleConfig& config);

  /// Appends what this event completes; the same finding about the same subject once in a quiet time.
  void observe(const SecurityEvent& event, std::vector<SecurityFinding>& findings);
  /// Makes the rule that found `activity` quiet as it was after finding it.
  void restore(const SuspiciousActivity& activity);

  [[nodiscard]] std::size_t tracked() const noexcept { return sources_.size() + accounts_.size(); }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return sources_.evicted() + accounts_.evicted(); }

 private:
  static constexpr std::size_t kRules = 7;
  using QuietTimes = std::array<std::optional<TimePoint>, kRules>;
  struct Source {
    TimesInWindow dosAttempt;
    TimesInWindow rapidViolations;
    TimesInWindow honeypot;
    ValuesInWindow accounts;
    ValuesInWindow paths;
    QuietTimes quietUntil;
  };
  struct Account {
    ValuesInWindow addresses;
    QuietTimes quietUntil;
  };
  struct AddressHash {
    std::size_t operator()(const IpAddress& address) const noexcept;
  };
  SecurityFinding* find(SecurityRule rule, const EventRate& rate, const SecurityEvent& event,
                        QuietTimes& quiet, std::vector<SecurityFinding>& findings) const;
  void observeLogin(const SecurityEvent& event, std::vector<SecurityFinding>& findings);

  SecurityRuleConfig config_;
  TrackedTable<IpAddress, Source, AddressHash> sources_;
  TrackedTable<std::string, Account> accounts_;
};

}  // namespace ks
