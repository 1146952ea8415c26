#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace ks {

/// Collects the faults of an input; at most 32 are kept.
class FaultList {
 public:
  /// `message` empty: the default text of the code. The field's name is cut to 64 bytes of printable text.
  void add(std::string_view field, ErrorCode code, std::string message = {});
  [[nodiscard]] bool empty() const noexcept { return faults_.empty(); }
  /// One fault keeps its own code and field; several become VALIDATION_FAILED with details.
  [[nodiscard]] Fault toFault() &&;

 private:
  std::vector<FieldFault> faults_;
};

}  // namespace ks
