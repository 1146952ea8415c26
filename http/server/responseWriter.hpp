#pragma once
#include <cstdint>
#include <string>

#include "http/server/httpMessage.hpp"

namespace ks {

/// Properties of a request that determine the form of its answer.
struct AnswerForm {
  bool keepAlive = false;  ///< the connection continues after it
  bool version10 = false;  ///< HTTP/1.0, which needs an explicit Connection header
  bool head = false;       ///< HEAD: everything but the body
};

/// An answer in HTTP/1.1 form. For an event stream only the head.
[[nodiscard]] std::string answerText(const HttpResponse& answer, AnswerForm form);

}  // namespace ks
