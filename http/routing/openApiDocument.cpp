#include "http/routing/openApiDocument.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace ks {
namespace {

using Json = nlohmann::ordered_json;

Json numberJson(double value) {
  if (std::trunc(value) == value && std::abs(value) < 9e15) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

/// Collects the schemas that are referred to by name.
class Components {
 public:
  Json reference(const ObjectSchemaInterface& schema) {
    const auto [place, isNew] = known_.emplace(schema.name(), &schema);
    if (isNew) {
      pending_.push_back(&schema);
    } else if (place->second != &schema) {
      throw std::logic_error("two object schemas are called " + schema.name());
    }
    return {{"$ref", "#/components/schemas/" + schema.name()}};
  }

  Json node(const SchemaNode& node) {
    Json json = Json::object();
    if (node.object != nullptr) {
      json = reference(*node.object);
      if (node.nullable) {
        json = {{"anyOf", Json::array({std::move(json), Json{{"type", "null"}}})}};
      }
    } else {
      json["type"] = node.nullable ? Json::array({node.type, "null"}) : Json(node.type);
      setUnlessEmpty(json, "format", node.format);
      setUnlessEmpty(json, "pattern", node.pattern);
      addBounds(json, node);
      if (!node.values.empty()) {
        json["enum"] = node.values;
        if (node.nullable) {
          json["enum"].push_back(nullptr);
        }
      }
      if (node.items) {
        json[node.type == "object" ? "additionalProperties" : "items"] = this->node(*node.items);
      }
    }
    setUnlessEmpty(json, "description", node.description);
    if (!node.exampleJson.empty()) {
      json["examples"] = Json::array({Json::parse(node.exampleJson)});
    }
    return json;
  }

  /// Everything that was referred to, and what that refers to.
  Json take() {
    std::map<std::string, Json> done;
    while (!pending_.empty()) {
      const auto* schema = pending_.back();
      pending_.pop_back();
      Json json{{"type", "object"}};
      setUnlessEmpty(json, "description", schema->description());
      Json properties = Json::object();
      Json required = Json::array();
      for (const auto& field : schema->fields()) {
        properties[field.name] = node(field.node);
        if (field.required) {
          required.push_back(field.name);
        }
      }
      json["properties"] = std::move(properties);
      if (!required.empty()) {
        json["required"] = std::move(required);
      }
      json["additionalProperties"] = false;
      done.emplace(schema->name(), std::move(json));
    }
    Json result = Json::object();
    for (auto& [name, json] : done) {
      result[name] = std::move(json);
    }
    return result;
  }

  static void setUnlessEmpty(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) {
      json[key] = text;
    }
  }

 private:
  static void addBounds(Json& json, const SchemaNode& node) {
    const auto put = [&json](const char* key, const std::optional<std::size_t>& bound) {
      if (bound) {
        json[key] = *bound;
      }
    };
    put("minLength", node.minLength);
    put("maxLength", node.maxLength);
    put("minItems", node.minItems);
    put("maxItems", node.maxItems);
    if (node.minimum) {
      json["minimum"] = numberJson(*node.minimum);
    }
    if (node.maximum) {
      json["maximum"] = numberJson(*node.maximum);
    }
  }

  std::map<std::string, const ObjectSchemaInterface*> known_;
  std::vector<const ObjectSchemaInterface*> pending_;
};

bool isUnsafeMethod(HttpMethod method) { return method != HttpMethod::get; }

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

/// What a route can answer beyond its own errors, because of what it is.
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
    if (isUnsafeMethod(route.spec.method) && route.spec.csrf == CsrfRule::automatic) {
      codes.insert({ErrorCode::csrfFailed, ErrorCode::originDenied});
    }
  }
  if (route.spec.access.kind == RouteAccess::Kind::permission) {
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
  return codes;
}

bool isJson(std::string_view contentType) {
  return contentType == "application/json" || contentType.ends_with("+json");
}

Json headerJson(const char* description, Json schema) {
  return {{"description", description}, {"schema", std::move(schema)}};
}

Json responses(const Route& route, Components& components) {
  Json result = Json::object();
  for (const auto& output : route.outputs) {
    Json& response = result[std::to_string(output.status)];  // one a status, with each of its types
    response["description"] = output.description;
    response["headers"]["X-Request-ID"] = {{"$ref", "#/components/headers/RequestId"}};
    if (output.schema != nullptr) {
      response["content"][output.contentType]["schema"] = components.reference(*output.schema);
    } else if (!output.contentType.empty()) {
      response["content"][output.contentType]["schema"] = {
          {"type", isJson(output.contentType) ? "object" : "string"}};
    }
    if (output.hasNextCursor) {
      response["headers"]["X-Next-Cursor"] = {{"$ref", "#/components/headers/NextCursor"}};
    }
  }
  std::map<int, std::vector<std::string>> byStatus;
  for (const ErrorCode code : errorsOf(route)) {
    byStatus[describe(code).httpStatus].emplace_back(describe(code).name);
  }
  for (const auto& [status, names] : byStatus) {
    std::string text;
    for (const auto& name : names) {
      text += text.empty() ? name : ", " + name;
    }
    Json& response = result[std::to_string(status)];
    if (!response.is_null()) {
      continue;
    }
    response["description"] = text;
    response["headers"]["X-Request-ID"] = {{"$ref", "#/components/headers/RequestId"}};
    if (status == 503 || status == 429) {
      response["headers"]["Retry-After"] = {{"$ref", "#/components/headers/RetryAfter"}};
    }
    response["content"]["application/json"]["schema"] = {{"$ref", "#/components/schemas/ErrorAnswer"}};
    response["x-error-codes"] = names;
  }
  return result;
}

Json parameters(const Route& route, Components& components) {
  Json result = Json::array();
  const auto add = [&](const ObjectSchemaInterface* schema, const char* place) {
    if (schema == nullptr) {
      return;
    }
    for (const auto& field : schema->fields()) {
      SchemaNode node = field.node;
      node.nullable = false;
      Json parameter{{"name", field.name},
                     {"in", place},
                     {"required", std::string_view(place) == "path" || field.required}};
      Components::setUnlessEmpty(parameter, "description", node.description);
      node.description.clear();
      parameter["schema"] = components.node(node);
      result.push_back(std::move(parameter));
    }
  };
  add(route.pathSchema, "path");
  add(route.querySchema, "query");
  return result;
}

Json operation(const Route& route, Components& components) {
  const RouteSpec& spec = route.spec;
  Json json{{"operationId", spec.operationId}, {"summary", spec.summary}};
  Components::setUnlessEmpty(json, "description", spec.description);
  json["tags"] = Json::array({spec.tag});
  if (spec.access.kind == RouteAccess::Kind::open) {
    json["security"] = Json::array();
  } else {
    json["security"] = Json::array({Json{{"bearer", Json::array()}}, Json{{"cookie", Json::array()}}});
  }
  if (spec.access.kind != RouteAccess::Kind::open) {
    json["x-impersonation"] = impersonatorMayCall(spec) ? "allowed" : "refused";
  }
  if (spec.access.kind == RouteAccess::Kind::permission) {
    std::string permissions;
    for (const auto& permission : spec.access.permissions) {
      permissions.append(permissions.empty() ? "" : " ").append(permission);
    }
    json["x-permission"] = std::move(permissions);
  }
  if (spec.access.recentOnly) {
    json["x-recent-authentication-minutes"] = kRecentAuthentication.count();
  }
  json["x-deadline-ms"] = spec.deadline.count();
  auto list = parameters(route, components);
  if (spec.access.kind != RouteAccess::Kind::open && isUnsafeMethod(spec.method) &&
      spec.csrf == CsrfRule::automatic) {
    list.push_back({{"$ref", "#/components/parameters/CsrfToken"}});
  }
  if (!list.empty()) {
    json["parameters"] = std::move(list);
  }
  if (route.bodySchema != nullptr) {
    const auto fields = route.bodySchema->fields();
    json["requestBody"]["required"] =
        std::any_of(fields.begin(), fields.end(), [](const auto& field) { return field.required; });
    json["requestBody"]["content"]["application/json"]["schema"] = components.reference(*route.bodySchema);
    json["x-body-limit-bytes"] = spec.bodyLimit;
  }
  if (spec.lines != nullptr) {
    json["requestBody"]["required"] = true;
    json["requestBody"]["content"]["application/x-ndjson"]["schema"] = components.reference(*spec.lines);
    json["x-body-limit-bytes"] = spec.bodyLimit;
  }
  json["responses"] = responses(route, components);
  return json;
}

Json errorSchemas() {
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
               {"field", {{"type", "string"}, {"description", "The one input field at fault"}}},
               {"details", {{"type", "array"}, {"items", std::move(fieldFault)}}},
               {"methods",
                {{"type", "array"},
                 {"items", {{"type", "string"}, {"enum", {"password", "totp"}}}},
                 {"description",
                  "Of STEP_UP_REQUIRED and REAUTH_REQUIRED, and of MFA_REQUIRED where the password was sent "
                  "alone: what POST /api/auth/reauthenticate takes"}}},
               {"retry_after", {{"type", "integer"}, {"description", "Seconds"}}}}},
             {"required", {"code", "message"}}};
  return {{"ErrorCode", {{"type", "string"}, {"enum", names}}},
          {"ErrorAnswer",
           {{"type", "object"},
            {"description", "The form of every answer that is not 2xx"},
            {"properties",
             {{"error", std::move(error)},
              {"request_id", text},
              {"timestamp", {{"type", "string"}, {"format", "date-time"}}}}},
            {"required", {"error", "request_id", "timestamp"}}}}};
}

/// Shared components that some route refers to.
struct SharedUse {
  bool csrf = false;
  bool nextCursor = false;
};

Json sharedComponents(const SharedUse& use) {
  Json json = Json::object();
  json["securitySchemes"]["bearer"] = {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
  json["securitySchemes"]["cookie"] = {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-ks_at"}};
  json["headers"]["RequestId"] =
      headerJson("The id of this request, as given or made here", {{"type", "string"}, {"maxLength", 64}});
  json["headers"]["RetryAfter"] = headerJson("Seconds to wait before the next try", {{"type", "integer"}});
  if (use.nextCursor) {
    json["headers"]["NextCursor"] =
        headerJson("Of a CSV answer: the cursor of the next page; absent on the last", {{"type", "string"}});
  }
  if (use.csrf) {
    json["parameters"]["CsrfToken"] = {{"name", "X-CSRF-Token"},
                                       {"in", "header"},
                                       {"required", false},
                                       {"description", "Needed where the session comes from the cookie"},
                                       {"schema", {{"type", "string"}}}};
  }
  return json;
}

}  // namespace

std::string openApiDocument(const RouteTable& routes, const OpenApiInfo& info) {
  Json document{{"openapi", "3.1.0"}};
  document["info"] = {{"title", info.title}, {"version", info.version}};
  Components::setUnlessEmpty(document["info"], "description", info.description);
  if (!info.licenseName.empty()) {
    document["info"]["license"] = {{"name", info.licenseName}};
    Components::setUnlessEmpty(document["info"]["license"], "url", info.licenseUrl);
  }
  document["servers"] = Json::array({Json{{"url", info.serverUrl}}});
  Components components;
  std::set<std::string> tags;
  SharedUse use;
  Json paths = Json::object();
  for (const auto& route : routes.routes()) {
    if (!route->spec.documented) {
      continue;
    }
    tags.insert(route->spec.tag);
    use.csrf = use.csrf || (route->spec.access.kind != RouteAccess::Kind::open &&
                            isUnsafeMethod(route->spec.method) && route->spec.csrf == CsrfRule::automatic);
    use.nextCursor = use.nextCursor || std::any_of(route->outputs.begin(), route->outputs.end(),
                                                   [](const auto& output) { return output.hasNextCursor; });
    std::string method(httpMethodName(route->spec.method));
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    paths[route->spec.path][method] = operation(*route, components);
  }
  document["tags"] = Json::array();
  for (const auto& tag : tags) {
    document["tags"].push_back({{"name", tag}, {"description", "Routes of " + tag}});
  }
  document["paths"] = std::move(paths);
  Json shared = sharedComponents(use);
  shared["schemas"] = components.take();
  const Json errors = errorSchemas();
  for (const auto& [name, schema] : errors.items()) {
    shared["schemas"][name] = schema;
  }
  document["components"] = std::move(shared);
  return document.dump(2);
}

}  // namespace ks
