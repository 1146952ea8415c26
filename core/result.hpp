#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/errorCode.hpp"

namespace ks {

struct AuditEvent;

/// One input field that is at fault.
struct FieldFault {
  std::string field;
  ErrorCode code = ErrorCode::invalidFormat;
  std::string message;
};

/// Why an operation failed. Its contents may be shown to the caller, except `detail`, which is for
/// the log only.
struct Fault {
  ErrorCode code = ErrorCode::internal;
  std::string message;                    ///< empty: the default text of the code
  std::string field;                      ///< the one input field at fault, if any
  std::vector<FieldFault> details;        ///< several fields at fault
  std::uint32_t retryAfterS = 0;          ///< seconds; 0: no advice
  std::vector<std::string> methods = {};  ///< of stepUpRequired: how the caller can confirm
  std::string detail;                     ///< cause for the log, never shown to a client
  /// For a refusal whose audit entry has more than the route knows (actors/runtime/auditNote.hpp).
  std::shared_ptr<const AuditEvent> audit = nullptr;
};

inline Fault makeFault(ErrorCode code, std::string detail = {}) {
  Fault fault;
  fault.code = code;
  fault.detail = std::move(detail);
  return fault;
}

/// One input field is at fault.
inline Fault fieldFault(ErrorCode code, std::string field, std::string message = {}) {
  Fault fault;
  fault.code = code;
  fault.field = std::move(field);
  fault.message = std::move(message);
  return fault;
}

/// The caller is told `message` in place of the code's text.
inline Fault messageFault(ErrorCode code, std::string message) {
  return fieldFault(code, {}, std::move(message));
}

/// The caller is advised to try again after `seconds`.
inline Fault retryFault(ErrorCode code, std::uint32_t seconds, std::string detail) {
  auto fault = makeFault(code, std::move(detail));
  fault.retryAfterS = seconds;
  return fault;
}

template <class T>
class Result;
template <class T>
struct ResultOf {
  using Type = Result<T>;
};
template <class T>
struct ResultOf<Result<T>> {
  using Type = Result<T>;
};

/// A value or a fault. Reading the wrong side is a programming error and throws std::bad_variant_access.
template <class T>
class Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Fault fault) : content_(std::in_place_index<1>, std::move(fault)) {}
  Result(ErrorCode code) : content_(std::in_place_index<1>, makeFault(code)) {}

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] T& value() { return std::get<0>(content_); }
  [[nodiscard]] const T& value() const { return std::get<0>(content_); }
  [[nodiscard]] Fault& fault() { return std::get<1>(content_); }
  [[nodiscard]] const Fault& fault() const { return std::get<1>(content_); }

  /// What `next` makes of the value, a value or a Result; a fault is passed on.
  template <class Next>
  auto then(Next next) -> typename ResultOf<std::decay_t<std::invoke_result_t<Next, T&>>>::Type {
    if (!ok()) {
      return std::move(fault());
    }
    return next(value());
  }

 private:
  std::variant<T, Fault> content_;
};

/// The value of an operation that returns nothing but success.
struct Done {};

/// Called exactly once with the outcome of an asynchronous operation, on the thread that runs the operation.
template <class T>
using Reply = std::function<void(Result<T>)>;

}  // namespace ks
