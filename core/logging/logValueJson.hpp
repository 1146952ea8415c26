#pragma once
#include <nlohmann/json.hpp>

#include "core/logging/logging.hpp"

namespace ks {

/// A value as JSON; a text as it is.
inline nlohmann::ordered_json jsonOf(const LogValue& value) {
  switch (value.kind) {
    case LogValue::Kind::integer:
      return value.integer;
    case LogValue::Kind::real:
      return value.real;
    case LogValue::Kind::boolean:
      return value.integer != 0;
    case LogValue::Kind::text:
      break;
  }
  return value.text;
}

}  // namespace ks
