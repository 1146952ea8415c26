#pragma once
#include <string>
#include <string_view>

namespace ks {

/// Browser and system without versions, lower case (`chrome/linux`, `curl/other`): stays the same over
/// updates.
std::string userAgentFamily(std::string_view userAgent);

/// The same for a person: `Chrome on Linux`; `Unknown device` when nothing is known.
std::string describeUserAgent(std::string_view userAgent);

}  // namespace ks
