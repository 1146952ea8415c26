#include <stdexcept>

#include "dispatcherBench.hpp"
#include "http/routing/openApiDocument.hpp"

namespace {

struct Versioned {
  std::int64_t version = 0;
};
ObjectSchema<Versioned> schemaFor(Of<Versioned> /*of*/) {
  return ObjectSchema<Versioned>("Versioned").field("version", &Versioned::version);
}

}  // namespace

TEST_CASE("mistakes in the table are found when it is built", "[http][routes]") {
  Bench bench;
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "/open", "other", RouteAccess::open()), std::logic_error);
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "/other", "open", RouteAccess::open()), std::logic_error);
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "/x/{id}", "x", RouteAccess::open()), std::logic_error);
  CHECK_THROWS_AS(bench.add(HttpMethod::get, "nope", "nope", RouteAccess::open()), std::logic_error);
}

TEST_CASE("the OpenAPI document describes the table", "[http][openapi]") {
  Bench bench;
  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  CHECK(document["openapi"] == "3.1.0");
  const auto& put = document["paths"]["/things/{id}"]["put"];
  CHECK(put["operationId"] == "putThing");
  CHECK(put["requestBody"]["content"]["application/json"]["schema"]["$ref"] ==
        "#/components/schemas/NameInput");
  CHECK(put["parameters"][0]["in"] == "path");
  CHECK(put["parameters"][0]["schema"]["format"] == "uuid");
  CHECK(put["parameters"][1]["schema"]["maximum"] == 200);
  CHECK(put["responses"]["404"]["$ref"] == "#/components/responses/NotFound");
  CHECK(put["responses"]["404"]["description"] == "USER_NOT_FOUND");
  CHECK(put["x-error-codes"]["404"] == nlohmann::json{"USER_NOT_FOUND"});
  CHECK(document["components"]["responses"]["NotFound"]["content"]["application/json"]["schema"]["$ref"] ==
        "#/components/schemas/ErrorAnswer");
  CHECK(document["components"]["schemas"]["NameInput"]["properties"]["name"]["maxLength"] == 5);
  CHECK(document["components"]["schemas"]["NameInput"]["examples"][0]["name"].get<std::string>().size() <= 5);
  CHECK(document["paths"]["/admin"]["get"]["x-permission"] == "monitoring:read");
  CHECK(document["paths"]["/me/logout"]["post"]["security"].size() == 2);
  const auto codes = document["components"]["schemas"]["ErrorCode"]["enum"];
  CHECK(codes.size() == static_cast<std::size_t>(ErrorCode::last_) - 1);
}

TEST_CASE("If-Match and ETag are looked at and documented as the route says", "[http][openapi]") {
  Bench bench;
  for (const auto rule : {IfMatchRule::optional, IfMatchRule::required}) {
    const std::string name = rule == IfMatchRule::required ? "needs" : "takes";
    bench.routes.add({.method = HttpMethod::patch,
                      .path = "/" + name,
                      .operationId = name,
                      .summary = "s",
                      .tag = "t",
                      .ifMatch = rule},
                     ok("It"),
                     [](const RequestCall<>& call) { return Versioned{call.expectedVersion.value_or(-1)}; });
  }
  const auto said = [&](std::string_view path, std::string_view tag) {
    const auto answer = tag.empty() ? bench.call(HttpMethod::patch, path)
                                    : bench.call(HttpMethod::patch, path, {{"If-Match", tag}});
    return answer.status == 200 ? header(answer, "ETag") : codeOf(answer);
  };
  CHECK(said("/takes", "") == "\"-1\"");
  CHECK(said("/takes", "*") == "\"-1\"");
  CHECK(said("/needs", "") == "PRECONDITION_REQUIRED");
  for (const char* path : {"/takes", "/needs"}) {
    CHECK(said(path, "\"7\"") == "\"7\"");
    CHECK(said(path, "W/\"7\"") == "\"7\"");
    CHECK(said(path, "7") == "\"7\"");
    for (const char* none :
         {"\"x\"", "\"-7\"", "\"\"", "\"7", "\"99999999999999999999\"", "\"4294967303\""}) {
      CHECK(said(path, none) == "VERSION_MISMATCH");
    }
  }
  CHECK(said("/needs", "*") == "VERSION_MISMATCH");

  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& needs = document["paths"]["/needs"]["patch"];
  CHECK(needs["parameters"][0]["$ref"] == "#/components/parameters/IfMatch");
  CHECK(needs["responses"]["200"]["headers"].contains("ETag"));
  CHECK(needs["responses"].contains("412"));
  CHECK(needs["responses"].contains("428"));
  CHECK(document["paths"]["/takes"]["patch"]["responses"].contains("412"));
  CHECK(!document["paths"]["/takes"]["patch"]["responses"].contains("428"));
}

TEST_CASE("an Idempotency-Key is needed, checked and documented where the route says so", "[http][openapi]") {
  Bench bench;
  bench.routes.add({.method = HttpMethod::post,
                    .path = "/made",
                    .operationId = "make",
                    .summary = "s",
                    .tag = "t",
                    .needsIdempotencyKey = true},
                   created("It"),
                   [](const RequestCall<NameInput>& call) { return NameInput{call.idempotencyKey}; });
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  const auto post = [&](Headers headers, std::string_view body = R"({"name":"x"})") {
    headers.emplace_back("Content-Type", "application/json");
    return bench.call(HttpMethod::post, "/made", std::move(headers), body);
  };
  const std::string longest(255, 'k');
  const std::string tooLong(256, 'k');
  for (const std::string_view key :
       {std::string_view("k"), std::string_view("a b~\"!"), std::string_view(longest)}) {
    const auto answer = post({{"idempotency-key", key}});
    CHECK(answer.status == 201);
    CHECK(nlohmann::json::parse(answer.body)["name"] == key);
  }
  const auto refused = [&](Headers headers) {
    const auto answer = post(std::move(headers));
    CHECK(answer.status == 400);
    CHECK(nlohmann::json::parse(answer.body)["error"]["field"] == "Idempotency-Key");
    return codeOf(answer);
  };
  CHECK(refused({}) == "REQUIRED");
  CHECK(refused({{"Idempotency-Key", ""}}) == "REQUIRED");
  CHECK(refused({{"Idempotency-Key", tooLong}}) == "TOO_LONG");
  for (const char* key : {" k", "k ", "a\tb", "k\xc3\xa9y", "k\x7f"}) {
    INFO(key);
    CHECK(refused({{"Idempotency-Key", key}}) == "INVALID_FORMAT");
  }
  CHECK(refused({{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}}) == "INVALID_FORMAT");
  const auto both = post({}, R"({"name":"too long"})");
  CHECK(codeOf(both) == "VALIDATION_FAILED");
  CHECK(nlohmann::json::parse(both.body)["error"]["details"].size() == 2);

  const auto document = nlohmann::json::parse(openApiDocument(bench.routes, {.title = "T", .version = "1"}));
  const auto& made = document["paths"]["/made"]["post"];
  CHECK(made["parameters"][0]["$ref"] == "#/components/parameters/IdempotencyKey");
  CHECK(document["components"]["parameters"]["IdempotencyKey"]["required"] == true);
  CHECK(document["components"]["parameters"]["IdempotencyKey"]["schema"]["maxLength"] == 255);
  CHECK(made["responses"]["201"]["headers"]["Idempotent-Replayed"]["$ref"] ==
        "#/components/headers/IdempotentReplayed");
  CHECK(document["components"]["headers"]["IdempotentReplayed"]["schema"]["enum"] == nlohmann::json{"true"});
  CHECK(!document["paths"]["/open"]["get"].contains("parameters"));
}

TEST_CASE("204 has no body, whatever the handler returns", "[http][routes]") {
  Bench bench;
  bench.routes.add({.path = "/none", .operationId = "none", .summary = "s", .tag = "t"}, noContent("Done"),
                   [](const RequestCall<>&) { return Versioned{7}; });
  const auto answer = bench.call(HttpMethod::get, "/none");
  CHECK(answer.status == 204);
  CHECK(answer.body.empty());
  CHECK(header(answer, "ETag").empty());
}
