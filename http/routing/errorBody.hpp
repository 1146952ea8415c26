#pragma once
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"
#include "core/result.hpp"

namespace ks {

/// The one form of every answer that is not 2xx. Internal faults show their code only.
[[nodiscard]] std::string renderErrorBody(const Fault& fault, std::string_view requestId, TimePoint now);

}  // namespace ks
