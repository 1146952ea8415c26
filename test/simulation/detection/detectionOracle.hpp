#pragma once
#include <set>
#include <string>
#include <vector>

#include "monitoring/security/securityRules.hpp"

namespace ks::sim {

/// Rule, severity, subject and time of a finding as one text.
std::string findingText(std::string_view type, Severity severity, const std::string& subject, TimePoint at);

/// The findings of the rules in these events, by plain counting: slow, and independent of the code that is
/// checked by it. `events` are in the order of time.
std::multiset<std::string> expectedFindings(const std::vector<SecurityEvent>& events,
                                            const SecurityRuleConfig& config);

}  // namespace ks::sim
