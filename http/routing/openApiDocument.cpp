#include "http/routing/openApiDocument.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "core/text/utf8.hpp"
#include "http/routing/openApiErrors.hpp"
#include "http/routing/openApiExample.hpp"

namespace ks {
namespace {

using Json = nlohmann::ordered_json;

Json numberJson(double value) {
  if (std::trunc(value) == value && std::abs(value) < 9e15) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const auto& word : words) {
    text.append(text.empty() ? "" : between).append(word);
  }
  return text;
}

void setUnlessEmpty(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) {
    json[key] = text;
  }
}

void addBounds(Json& json, const SchemaNode& node, bool upperToo) {
  const auto put = [&json](const char* key, const std::optional<std::size_t>& bound) {
    if (bound) {
      json[key] = *bound;
    }
  };
  put("minLength", node.minLength);
  put("minItems", node.minItems);
  if (upperToo) {
    put("maxLength", node.maxLength);
    put("maxItems", node.maxItems);
  }
  if (node.minimum) {
    json["minimum"] = numberJson(*node.minimum);
  }
  if (node.maximum) {
    json["maximum"] = numberJson(*node.maximum);
  }
}

/// Collects the schemas that are referred to by name. Of what is only answered, a field has the lengths that
/// it says it has; those that every input has without a word are not true of it.
class Components {
 public:
  Json reference(const ObjectSchemaInterface& schema, bool isInput) {
    const auto [place, isNew] = known_.emplace(schema.name(), Known{&schema, isInput});
    if (isNew) {
      pending_.push_back(&schema);
    } else if (place->second.schema != &schema) {
      throw std::logic_error("two object schemas are called " + schema.name());
    }
    return {{"$ref", "#/components/schemas/" + schema.name()}};
  }

  Json node(const SchemaNode& node, bool isInput) {
    Json json = Json::object();
    if (node.object != nullptr) {
      json = reference(*node.object, isInput);
      if (node.nullable) {
        json = {{"anyOf", Json::array({std::move(json), Json{{"type", "null"}}})}};
      }
    } else {
      json["type"] = node.nullable ? Json::array({node.type, "null"}) : Json(node.type);
      setUnlessEmpty(json, "format", node.format);
      setUnlessEmpty(json, "pattern", node.pattern);
      addBounds(json, node, isInput || node.isBounded);
      if (!node.values.empty()) {
        json["enum"] = node.values;
        if (node.nullable) {
          json["enum"].push_back(nullptr);
        }
      }
      if (node.items) {
        auto items = *node.items;
        items.isBounded = node.isBounded;
        json[node.type == "object" ? "additionalProperties" : "items"] = this->node(items, isInput);
      }
    }
    setUnlessEmpty(json, "description", node.description);
    return json;
  }

  /// Everything that was referred to, and what that refers to.
  Json take() {
    std::map<std::string, Json> done;
    while (!pending_.empty()) {
      const auto* schema = pending_.back();
      pending_.pop_back();
      const bool isInput = known_.at(schema->name()).isInput;
      Json json{{"type", "object"}};
      setUnlessEmpty(json, "description", schema->description());
      Json properties = Json::object();
      Json required = Json::array();
      for (const auto& field : schema->fields()) {
        properties[field.name] = node(field.node, isInput);
        if (field.required) {
          required.push_back(field.name);
        }
      }
      json["properties"] = std::move(properties);
      if (!required.empty()) {
        json["required"] = std::move(required);
      }
      json["additionalProperties"] = false;
      json["examples"] = Json::array({exampleOf(*schema)});
      done.emplace(schema->name(), std::move(json));
    }
    Json result = Json::object();
    for (auto& [name, json] : done) {
      result[name] = std::move(json);
    }
    return result;
  }

 private:
  struct Known {
    const ObjectSchemaInterface* schema;
    bool isInput;
  };
  std::map<std::string, Known> known_;
  std::vector<const ObjectSchemaInterface*> pending_;
};

bool isJson(std::string_view contentType) {
  return contentType == "application/json" || contentType.ends_with("+json");
}

Json reference(const char* kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

Json successes(const Route& route, Components& components) {
  Json result = Json::object();
  for (const auto& output : route.outputs) {
    Json& response = result[std::to_string(output.status)];  // one a status, with each of its types
    response["description"] = output.description;
    response["headers"]["X-Request-ID"] = reference("headers", "RequestId");
    if (output.hasTag) {
      response["headers"]["ETag"] = reference("headers", "ETag");
    }
    if (route.spec.needsIdempotencyKey) {
      response["headers"][kReplayedHeader] = reference("headers", "IdempotentReplayed");
    }
    if (output.hasNextCursor) {
      response["headers"]["X-Next-Cursor"] = reference("headers", "NextCursor");
    }
    if (output.schema != nullptr) {
      response["content"][output.contentType]["schema"] = components.reference(*output.schema, false);
    } else if (!output.contentType.empty()) {
      response["content"][output.contentType]["schema"] = {
          {"type", isJson(output.contentType) ? "object" : "string"}};
    }
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
      setUnlessEmpty(parameter, "description", node.description);
      node.description.clear();
      parameter["schema"] = components.node(node, true);
      if (node.exampleJson.empty() ? !node.pattern.empty() : true) {
        parameter["example"] = exampleOf(field);
      }
      result.push_back(std::move(parameter));
    }
  };
  add(route.pathSchema, "path");
  add(route.querySchema, "query");
  if (needsCsrfToken(route.spec)) {
    result.push_back(reference("parameters", "CsrfToken"));
  }
  if (route.spec.needsIdempotencyKey) {
    result.push_back(reference("parameters", "IdempotencyKey"));
  }
  if (route.spec.ifMatch != IfMatchRule::none) {
    result.push_back(
        reference("parameters", route.spec.ifMatch == IfMatchRule::required ? "IfMatch" : "IfMatchOptional"));
  }
  if (std::any_of(route.outputs.begin(), route.outputs.end(),
                  [](const auto& output) { return output.status == 304; })) {
    result.push_back(reference("parameters", "IfNoneMatch"));
  }
  return result;
}

/// Who may call it, in words.
std::string accessText(const RouteSpec& spec) {
  const RouteAccess& access = spec.access;
  if (access.kind == RouteAccess::Kind::open) {
    return "No sign-in required.";
  }
  std::string text = access.machinesOnly ? "Requires a machine's key" : "Requires a sign-in";
  for (const auto& permission : access.permissions) {
    text +=
        (&permission == &access.permissions.front() ? " with the permission `" : " and `") + permission + "`";
  }
  if (access.machinesOnly) {
    text += "; people are refused";
  } else if (access.kind == RouteAccess::Kind::permission) {
    text += access.peopleOnly ? " and two factors" : " and two factors, or a machine's key";
  } else if (spec.keysNeed != nullptr) {
    text += ", or a key with the permission `" + std::string(spec.keysNeed) + "`";
  } else if (spec.keysMayCall) {
    text += " or an own key";
  }
  return text + (access.recentOnly ? ". The sign-in must be at most 10 minutes old." : ".");
}

Json requestBody(const ObjectSchemaInterface& schema, const char* type, bool required,
                 Components& components) {
  if (schema.description().empty()) {
    throw std::logic_error("the body " + schema.name() + " has no description");
  }
  Json body{{"description", schema.description()}, {"required", required}};
  body["content"][type]["schema"] = components.reference(schema, true);
  return body;
}

Json operation(const Route& route, Components& components) {
  const RouteSpec& spec = route.spec;
  Json json{{"operationId", spec.operationId}, {"summary", spec.summary}};
  json["description"] = spec.description + (spec.description.empty() ? "" : "\n\n") + accessText(spec);
  json["tags"] = Json::array({spec.tag});
  if (spec.access.kind == RouteAccess::Kind::open) {
    json["security"] = Json::array();
  } else {
    json["security"] = Json::array({Json{{"bearer", Json::array()}}});
    if (!spec.access.machinesOnly) {
      json["security"].push_back(Json{{"cookie", Json::array()}});
    }
    json["x-impersonation"] = impersonatorMayCall(spec) ? "allowed" : "refused";
  }
  if (spec.access.kind == RouteAccess::Kind::permission) {
    json["x-permission"] = joined(spec.access.permissions, " ");
  }
  if (spec.keysNeed != nullptr) {
    json["x-key-permission"] = spec.keysNeed;
  }
  if (spec.access.recentOnly) {
    json["x-recent-authentication-minutes"] = kRecentAuthentication.count();
  }
  json["x-deadline-ms"] = spec.deadline.count();
  if (auto list = parameters(route, components); !list.empty()) {
    json["parameters"] = std::move(list);
  }
  if (route.bodySchema != nullptr) {
    const auto fields = route.bodySchema->fields();
    const bool required =
        std::any_of(fields.begin(), fields.end(), [](const auto& field) { return field.required; });
    json["requestBody"] = requestBody(*route.bodySchema, "application/json", required, components);
    json["x-body-limit-bytes"] = spec.bodyLimit;
  }
  if (spec.lines != nullptr) {
    json["requestBody"] = requestBody(*spec.lines, "application/x-ndjson", true, components);
    json["x-body-limit-bytes"] = spec.bodyLimit;
  }
  json["responses"] = successes(route, components);
  Json codes = Json::object();
  for (const auto& [status, names] : namesByStatus(route)) {
    auto& response = json["responses"][std::to_string(status)];
    if (response.is_null()) {
      response = reference("responses", errorComponent(status));
      response["description"] = joined(names, ", ");
      codes[std::to_string(status)] = names;
    }
  }
  json["x-error-codes"] = std::move(codes);
  return json;
}

Json header(const char* description, Json schema) {
  return {{"description", description}, {"schema", std::move(schema)}};
}

Json headerParameter(const char* name, bool required, const char* description) {
  return {{"name", name},
          {"in", "header"},
          {"required", required},
          {"description", description},
          {"schema", {{"type", "string"}}}};
}

Json sharedComponents() {
  Json json = Json::object();
  json["securitySchemes"]["bearer"] = {
      {"type", "http"},
      {"scheme", "bearer"},
      {"bearerFormat", "JWT"},
      {"description", "An access token of POST /api/auth/login, or an API key"}};
  json["securitySchemes"]["cookie"] = {{"type", "apiKey"},
                                       {"in", "cookie"},
                                       {"name", "__Host-ks_at"},
                                       {"description", "For browsers: the access token in a cookie"}};
  auto& headers = json["headers"];
  headers["RequestId"] =
      header("The id of this request, from the client or generated", {{"type", "string"}, {"maxLength", 64}});
  headers["RetryAfter"] = header("Seconds to wait before a retry", {{"type", "integer"}});
  headers["ETag"] = header("The version of what is answered, for If-Match or If-None-Match",
                           {{"type", "string"}, {"examples", {"\"7\""}}});
  headers["IdempotentReplayed"] =
      header("`true`: the answer is the one that this Idempotency-Key was given before; else absent",
             {{"type", "string"}, {"enum", {"true"}}});
  headers["NextCursor"] = header(
      "The cursor of the next page where the answer is no JSON; absent on the last", {{"type", "string"}});
  auto& parameters = json["parameters"];
  parameters["CsrfToken"] =
      headerParameter("X-CSRF-Token", false, "Required if the session comes from the cookie");
  parameters["IdempotencyKey"] = headerParameter(
      kIdempotencyKeyHeader, true,
      "Chosen by the caller, new for each thing to create, such as a UUID: 1 to 255 printable ASCII "
      "characters. A request that is repeated with it has the first answer again and creates nothing");
  parameters["IdempotencyKey"]["schema"] = {{"type", "string"},
                                            {"minLength", 1},
                                            {"maxLength", kIdempotencyKeyBytes},
                                            {"pattern", kIdempotencyKeyPattern}};
  parameters["IdempotencyKey"]["example"] = "01890000-0000-7000-8000-000000000001";
  parameters["IfMatch"] =
      headerParameter("If-Match", true, "The ETag of the version from which the change was made");
  parameters["IfMatchOptional"] =
      headerParameter("If-Match", false, "The change happens only while this is the version");
  parameters["IfNoneMatch"] = headerParameter("If-None-Match", false, "ETags of what the caller has");
  json["responses"] = errorResponses();
  return json;
}

/// Leaves out what nobody refers to.
void prune(Json& components, const std::string& text) {
  for (const char* kind : {"headers", "parameters", "responses"}) {
    Json used = Json::object();
    for (auto& [name, value] : components[kind].items()) {
      if (text.find("#/components/" + std::string(kind) + "/" + name + '"') != std::string::npos) {
        used[name] = value;
      }
    }
    components[kind] = std::move(used);
    if (components[kind].empty()) {
      components.erase(kind);
    }
  }
}

struct TagText {
  std::string_view name;
  const char* description;
};
constexpr std::array<TagText, 17> kTags{{
    {"account", "What users change of their own accounts: profile, password, e-mail address."},
    {"audit", "The audit trail: who did what, when and from where, in a chain that shows every change."},
    {"blocks", "E-mail addresses and domains that may neither register nor sign in."},
    {"keys", "API keys of users and machines, the keys that sign tokens, and what a token is worth."},
    {"monitoring", "What the gateway and the servers have seen: traffic, latency, health, attacks, bans."},
    {"payments", "Payments through the bank: what is asked for, how it can be paid, and what arrived."},
    {"personal data", "What is stored of a user: own activity, a copy of all data, deletion of the account."},
    {"recovery", "Ways back into an account whose password, address or device was lost."},
    {"registration", "New accounts and what pages need before anybody has signed in."},
    {"roles", "Roles, their permissions and ranks, and who is made a superadmin."},
    {"second factor", "Authenticator apps and recovery codes of the own account."},
    {"session", "Sign-in, tokens and the own sessions."},
    {"sessions", "Live sessions of all accounts."},
    {"settings", "Settings that change while everything runs, and who changed them."},
    {"system", "Health of the service and this document."},
    {"users", "Accounts as administrators find, make, change and delete them."},
    {"webhooks", "Addresses to which events of the audit trail are sent."},
}};

Json tagsOf(const std::set<std::string>& names) {
  Json tags = Json::array();
  for (const auto& name : names) {
    Json tag{{"name", name}};
    for (const auto& known : kTags) {
      if (known.name == name) {
        tag["description"] = known.description;
      }
    }
    tags.push_back(std::move(tag));
  }
  return tags;
}

}  // namespace

std::string openApiDocument(const RouteTable& routes, const OpenApiInfo& info) {
  Json document{{"openapi", "3.1.0"}};
  document["info"] = {{"title", info.title}, {"version", info.version}};
  setUnlessEmpty(document["info"], "description", info.description);
  if (!info.licenseName.empty()) {
    document["info"]["license"] = {{"name", info.licenseName}};
    setUnlessEmpty(document["info"]["license"], "url", info.licenseUrl);
  }
  document["servers"] = Json::array({Json{{"url", info.serverUrl}}});
  Components schemas;
  std::set<std::string> tags;
  Json paths = Json::object();
  for (const auto& route : routes.routes()) {
    if (!route->spec.documented) {
      continue;
    }
    tags.insert(route->spec.tag);
    paths[route->spec.path][lowerAscii(httpMethodName(route->spec.method))] = operation(*route, schemas);
  }
  document["tags"] = tagsOf(tags);
  Json components = sharedComponents();
  prune(components, paths.dump() + errorResponses().dump());
  components["schemas"] = schemas.take();
  components["schemas"].update(errorSchemas());
  document["paths"] = std::move(paths);
  document["components"] = std::move(components);
  return document.dump(2);
}

}  // namespace ks
