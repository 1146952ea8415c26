#include "http/routing/openApiExample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ks {
namespace {

using Json = nlohmann::ordered_json;

/// What a field of this name holds, wherever it stands.
constexpr std::array<std::pair<std::string_view, std::string_view>, 31> kTexts{{
    {"access_token", "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTg5In0.c2lnbmF0dXJl"},
    {"action", "auth.login"},
    {"address", "203.0.113.9"},
    {"component", "database"},
    {"device_name", "Ann's phone"},
    {"display_name", "Ann Lee"},
    {"email", "ann@example.org"},
    {"event_type", "user.suspend"},
    {"code", "492039"},
    {"hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    {"identifier", "ann@example.org"},
    {"interval", "auto"},
    {"ip", "203.0.113.9"},
    {"locale", "en"},
    {"method", "GET"},
    {"name", "ann.lee"},
    {"network", "203.0.113.9"},
    {"password_policy", "/api/auth/password/policy"},
    {"path", "/var/log/k/access.log"},
    {"permissions", "users:read"},
    {"reason", "asked for by the user"},
    {"remote_ip", "203.0.113.9"},
    {"request_id", "tour-1"},
    {"roles", "user"},
    {"route", "/api/auth/login"},
    {"scopes", "users:read"},
    {"service", "auth"},
    {"status", "active"},
    {"token", "qZ4vJ0hT8mXc2b"},
    {"url", "/api/auth/login"},
    {"user_agent", "Mozilla/5.0"},
}};

std::string textFor(const SchemaNode& node, std::string_view name) {
  const auto* const known =
      std::find_if(kTexts.begin(), kTexts.end(), [name](const auto& entry) { return entry.first == name; });
  std::string text{known == kTexts.end() ? name : known->second};
  if (node.pattern.empty()) {
    text.resize(std::clamp(text.size(), node.minLength.value_or(0), node.maxLength.value_or(text.size())),
                'x');
  }
  return text;
}

Json scalarOf(const SchemaNode& node, std::string_view name) {
  if (node.type == "boolean") {
    return true;
  }
  if (node.type == "integer") {
    return static_cast<std::int64_t>(std::clamp(7.0, node.minimum.value_or(0), node.maximum.value_or(7)));
  }
  if (node.type == "number") {
    return std::clamp(0.5, node.minimum.value_or(0), node.maximum.value_or(1));
  }
  if (node.format == "uuid") {
    return "01890000-0000-7000-8000-000000000001";
  }
  if (node.format == "date-time") {
    return "2026-02-03T10:30:45.123Z";
  }
  return textFor(node, name);
}

Json valueOf(const SchemaNode& node, std::string_view name) {
  if (!node.exampleJson.empty()) {
    return Json::parse(node.exampleJson);
  }
  if (!node.values.empty()) {
    return node.values.front();
  }
  if (node.object != nullptr) {
    return exampleOf(*node.object);
  }
  if (node.type == "array") {
    Json items = Json::array();
    items.push_back(valueOf(*node.items, name));
    return items;
  }
  if (node.type == "object") {
    return node.items ? Json{{"name", valueOf(*node.items, name)}} : Json::object();
  }
  if (!node.pattern.empty()) {
    throw std::logic_error("the field " + std::string(name) + " has a pattern and needs an example");
  }
  return scalarOf(node, name);
}

}  // namespace

nlohmann::ordered_json exampleOf(const FieldDescription& field) { return valueOf(field.node, field.name); }

nlohmann::ordered_json exampleOf(const ObjectSchemaInterface& schema) {
  Json example = Json::object();
  for (const auto& field : schema.fields()) {
    example[field.name] = exampleOf(field);
  }
  return example;
}

}  // namespace ks
