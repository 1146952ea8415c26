#pragma once
#include <cstdint>
#include <string>

#include "http/server/httpMessage.hpp"

namespace ks {

/// What of a request decides on the form of its answer.
struct AnswerForm {
  bool keepAlive = false;  ///< the connection goes on after it
  bool version10 = false;  ///< asked in HTTP/1.0, which must be told so
  bool head = false;       ///< HEAD: everything but the body
};

/// An answer as HTTP/1.1 puts it. Of an answer that goes on as events only the head.
[[nodiscard]] std::string answerText(const HttpResponse& answer, AnswerForm form);

}  // namespace ks
