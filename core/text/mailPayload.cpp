#include "core/text/mailPayload.hpp"

#include <nlohmann/json.hpp>

namespace ks {

std::string mailPayload(const MailValues& values) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : values) {
    object[name] = value;
  }
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<MailValues> readMailPayload(std::string_view payload) {
  const auto object = nlohmann::json::parse(payload, nullptr, false);
  if (!object.is_object()) {
    return std::nullopt;
  }
  MailValues values;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string()) {
      return std::nullopt;
    }
    values[name] = value.get<std::string>();
  }
  return values;
}

}  // namespace ks
