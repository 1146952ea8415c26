#include "http/schema/faultList.hpp"

#include "core/text/utf8.hpp"

namespace ks {
namespace {
constexpr std::size_t kMostFaults = 32;
constexpr std::size_t kFieldBytes = 64;
}  // namespace

void FaultList::add(std::string_view field, ErrorCode code, std::string message) {
  if (faults_.size() >= kMostFaults) {
    return;
  }
  FieldFault fault;
  fault.field = cutUtf8(field, kFieldBytes);
  for (char& c : fault.field) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = '?';
    }
  }
  fault.code = code;
  fault.message = message.empty() ? std::string(describe(code).message) : std::move(message);
  faults_.push_back(std::move(fault));
}

Fault FaultList::toFault() && {
  Fault fault;
  if (faults_.size() == 1) {
    fault.code = faults_.front().code;
    fault.field = std::move(faults_.front().field);
    fault.message = std::move(faults_.front().message);
    return fault;
  }
  fault.code = ErrorCode::validationFailed;
  fault.message = std::to_string(faults_.size()) + " fields are invalid";
  fault.details = std::move(faults_);
  return fault;
}

}  // namespace ks
