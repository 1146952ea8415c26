#include "messages/platform/actorErrors.hpp"

#include "messages/platform/typeIds.hpp"

namespace ks {

std::string to_string(ErrorCode code) { return std::string{describe(code).name}; }

bool from_string(EnumText text, ErrorCode& code) {
  const auto found = errorCodeFromName({text.data(), text.size()});
  if (found == ErrorCode::none && text != EnumText{"NONE", 4}) {
    return false;
  }
  code = found;
  return true;
}

bool from_integer(std::uint8_t value, ErrorCode& code) {
  if (value >= static_cast<std::uint8_t>(ErrorCode::last_)) {
    return false;
  }
  code = static_cast<ErrorCode>(value);
  return true;
}

caf::error toCafError(Fault fault) {
  if (fault.code == ErrorCode::none) {
    fault.code = ErrorCode::internal;
  }
  const auto code = fault.code;
  return caf::make_error(code, std::move(fault));
}

Fault faultFromCafError(const caf::error& error) {
  if (error.category() == caf::type_id_v<ErrorCode>) {
    if (error.context().match_elements<Fault>()) {
      return error.context().get_as<Fault>(0);
    }
    return makeFault(static_cast<ErrorCode>(error.code()));
  }
  if (error == caf::sec::request_timeout) {
    return makeFault(ErrorCode::timeout, "no answer from an actor in time");
  }
  if (error == caf::sec::request_receiver_down || error == caf::sec::broken_promise ||
      error == caf::sec::invalid_argument) {
    auto fault = makeFault(ErrorCode::dependencyUnavailable, caf::to_string(error));
    fault.retryAfterS = 1;
    return fault;
  }
  return makeFault(ErrorCode::internal, caf::to_string(error));
}

}  // namespace ks
