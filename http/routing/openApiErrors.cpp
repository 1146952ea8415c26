#include "http/routing/openApiErrors.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

namespace ks {
namespace {

using Json = nlohmann::ordered_json;

void addFaultsOf(const ObjectSchemaInterface& schema, std::set<ErrorCode>& codes);

/// The faults that a value of this form can have.
void addFaultsOf(const SchemaNode& node, std::set<ErrorCode>& codes) {
  if (node.minLength || node.minItems) {
    codes.insert(ErrorCode::tooShort);
  }
  if (node.maxLength || node.maxItems) {
    codes.insert(ErrorCode::tooLong);
  }
  if (node.minimum || node.maximum) {
    codes.insert(ErrorCode::outOfRange);
  }
  if (node.format == "email") {
    codes.insert(ErrorCode::invalidEmail);
  }
  if (node.items) {
    addFaultsOf(*node.items, codes);
  }
  if (node.object != nullptr) {
    addFaultsOf(*node.object, codes);
  }
}

void addFaultsOf(const ObjectSchemaInterface& schema, std::set<ErrorCode>& codes) {
  for (const auto& field : schema.fields()) {
    if (field.required) {
      codes.insert(ErrorCode::required);
    }
    addFaultsOf(field.node, codes);
  }
}

/// Errors that a route can answer because of its access and inputs.
std::set<ErrorCode> errorsOf(const Route& route) {
  std::set<ErrorCode> codes(route.spec.errors.begin(), route.spec.errors.end());
  codes.insert({ErrorCode::badRequest, ErrorCode::unknownField, ErrorCode::internal});
  if (route.spec.admitted) {
    codes.insert({ErrorCode::overloaded, ErrorCode::shuttingDown, ErrorCode::dependencyUnavailable,
                  ErrorCode::timeout, ErrorCode::rateLimited});
  }
  for (const auto* schema : {route.bodySchema, route.querySchema, route.spec.lines}) {
    if (schema != nullptr) {
      codes.insert({ErrorCode::validationFailed, ErrorCode::invalidFormat});
      addFaultsOf(*schema, codes);
    }
  }
  if (route.pathSchema != nullptr) {  // a path without the value is another path
    codes.insert({ErrorCode::validationFailed, ErrorCode::invalidFormat});
    for (const auto& field : route.pathSchema->fields()) {
      addFaultsOf(field.node, codes);
    }
  }
  if (route.spec.needsIdempotencyKey) {
    codes.insert(
        {ErrorCode::validationFailed, ErrorCode::required, ErrorCode::tooLong, ErrorCode::invalidFormat});
  }
  if (route.bodySchema != nullptr || route.spec.lines != nullptr) {
    codes.insert({ErrorCode::malformedJson, ErrorCode::payloadTooLarge, ErrorCode::unsupportedMediaType});
  }
  if (route.spec.access.kind != RouteAccess::Kind::open) {
    codes.insert({ErrorCode::tokenMissing, ErrorCode::tokenInvalid, ErrorCode::tokenExpired,
                  ErrorCode::sessionExpired, ErrorCode::sessionRevoked, ErrorCode::accountSuspended,
                  ErrorCode::permissionDenied});
    if (!impersonatorMayCall(route.spec)) {
      codes.insert(ErrorCode::impersonationDenied);
    }
    if (needsCsrfToken(route.spec)) {
      codes.insert({ErrorCode::csrfFailed, ErrorCode::originDenied});
    }
  }
  if (route.spec.access.kind == RouteAccess::Kind::permission && !route.spec.access.machinesOnly) {
    codes.insert({ErrorCode::mfaRequired, ErrorCode::stepUpRequired});
  }
  if (route.spec.access.device != DeviceRule::any) {
    codes.insert(ErrorCode::stepUpRequired);
  }
  if (route.spec.access.recentOnly) {
    codes.insert({ErrorCode::reauthRequired, ErrorCode::stepUpRequired});
  }
  if (route.spec.csrf == CsrfRule::sameOrigin) {
    codes.insert(ErrorCode::originDenied);
  }
  if (route.spec.ifMatch != IfMatchRule::none) {
    codes.insert(ErrorCode::versionMismatch);
  }
  if (route.spec.ifMatch == IfMatchRule::required) {
    codes.insert(ErrorCode::preconditionRequired);
  }
  return codes;
}

/// The components that stand for the statuses of errors.
struct ErrorStatus {
  int status;
  const char* name;
  const char* description;
};
constexpr std::array<ErrorStatus, 16> kErrorStatuses{{
    {400, "BadRequest", "The request is not well-formed, or a field is at fault"},
    {401, "Unauthorized", "Who calls is not known, or has to be confirmed"},
    {403, "Forbidden", "The caller may not do this"},
    {404, "NotFound", "There is no such thing"},
    {409, "Conflict", "The state of the thing does not allow this"},
    {410, "Gone", "It was there, and is over"},
    {412, "PreconditionFailed", "Somebody changed it since the version in If-Match"},
    {413, "PayloadTooLarge", "The body is too large"},
    {415, "UnsupportedMediaType", "The body has another media type"},
    {422, "UnprocessableContent", "What is asked for breaks a rule, such as the password policy"},
    {428, "PreconditionRequired", "If-Match is missing"},
    {429, "TooManyRequests", "Too many requests or tries; Retry-After says when to go on"},
    {500, "InternalError", "A fault of the server"},
    {502, "BadGateway", "What the server asked gave no valid answer"},
    {503, "ServiceUnavailable", "The server, or what it needs, cannot answer now"},
    {504, "GatewayTimeout", "What the server needs did not answer in time"},
}};

/// The first code of the status stands for the others.
std::string_view exampleCode(int status) {
  for (int code = 1; code < static_cast<int>(ErrorCode::last_); ++code) {
    if (const auto& info = describe(static_cast<ErrorCode>(code)); info.httpStatus == status) {
      return info.name;
    }
  }
  return "INTERNAL";
}

}  // namespace

std::map<int, std::vector<std::string>> namesByStatus(const Route& route) {
  std::map<int, std::vector<std::string>> byStatus;
  for (const ErrorCode code : errorsOf(route)) {
    byStatus[describe(code).httpStatus].emplace_back(describe(code).name);
  }
  return byStatus;
}

const char* errorComponent(int status) {
  const auto* const found = std::find_if(kErrorStatuses.begin(), kErrorStatuses.end(),
                                         [status](const ErrorStatus& one) { return one.status == status; });
  if (found == kErrorStatuses.end()) {
    throw std::logic_error("no component for the status " + std::to_string(status));
  }
  return found->name;
}

nlohmann::ordered_json errorResponses() {
  Json result = Json::object();
  for (const auto& [status, name, description] : kErrorStatuses) {
    Json& response = result[name];
    response["description"] = description;
    response["headers"]["X-Request-ID"] = {{"$ref", "#/components/headers/RequestId"}};
    if (status == 503 || status == 429) {
      response["headers"]["Retry-After"] = {{"$ref", "#/components/headers/RetryAfter"}};
    }
    auto& content = response["content"]["application/json"];
    content["schema"] = {{"$ref", "#/components/schemas/ErrorAnswer"}};
    content["example"] = {{"error", {{"code", exampleCode(status)}, {"message", description}}},
                          {"request_id", "tour-1"},
                          {"timestamp", "2026-02-03T10:30:45.123Z"}};
  }
  return result;
}

nlohmann::ordered_json errorSchemas() {
  std::vector<std::string> names;
  for (int code = 1; code < static_cast<int>(ErrorCode::last_); ++code) {
    names.emplace_back(describe(static_cast<ErrorCode>(code)).name);
  }
  std::sort(names.begin(), names.end());
  const Json code{{"$ref", "#/components/schemas/ErrorCode"}};
  const Json text{{"type", "string"}};
  Json fieldFault{{"type", "object"},
                  {"properties", {{"field", text}, {"code", code}, {"message", text}}},
                  {"required", {"field", "code", "message"}}};
  Json error{{"type", "object"},
             {"properties",
              {{"code", code},
               {"message", text},
               {"field", {{"type", "string"}, {"description", "The only invalid input field"}}},
               {"details", {{"type", "array"}, {"items", std::move(fieldFault)}}},
               {"methods",
                {{"type", "array"},
                 {"items", {{"type", "string"}, {"enum", {"password", "totp"}}}},
                 {"description",
                  "Of STEP_UP_REQUIRED and REAUTH_REQUIRED, and of MFA_REQUIRED where the password was sent "
                  "alone: what POST /api/auth/reauthenticate takes"}}},
               {"retry_after", {{"type", "integer"}, {"description", "Seconds"}}}}},
             {"required", {"code", "message"}}};
  return {
      {"ErrorCode", {{"type", "string"}, {"description", "What went wrong, for programs"}, {"enum", names}}},
      {"ErrorAnswer",
       {{"type", "object"},
        {"description", "The form of all answers that are not 2xx"},
        {"properties",
         {{"error", std::move(error)},
          {"request_id", text},
          {"timestamp", {{"type", "string"}, {"format", "date-time"}}}}},
        {"required", {"error", "request_id", "timestamp"}}}}};
}

}  // namespace ks
