#pragma once
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"
#include "core/result.hpp"

namespace ks {

/// The only form of answers that are not 2xx. Internal faults show only their code.
[[nodiscard]] std::string renderErrorBody(const Fault& fault, std::string_view requestId, TimePoint now);

}  // namespace ks
