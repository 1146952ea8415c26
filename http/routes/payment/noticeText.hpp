#pragma once
#include <string>
#include <string_view>

namespace ks {

/// A body of the bank as administrators see it: JSON in which the value of every `passApp`, the bank's password for
/// us, is `***`. The rest is byte for byte as it was sent. Of what is no JSON nothing is shown.
[[nodiscard]] std::string shownNotice(std::string_view body);

}  // namespace ks
