#pragma once
#include <set>
#include <string>
#include <vector>

#include "monitoring/security/securityRules.hpp"

namespace ks::sim {

/// Rule, severity, subject and time of a finding as one text.
std::string findingText(std::string_view type, Severity severity, const std::string& subject, TimePoint at);

/// What the rules of the specification find in these events, by plain counting: slow, and of no code that is
/// judged by it. `events` come in the order of time.
std::multiset<std::string> expectedFindings(const std::vector<SecurityEvent>& events,
                                            const SecurityRuleConfig& config);

}  // namespace ks::sim
