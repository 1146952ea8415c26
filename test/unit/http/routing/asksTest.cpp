#include "http/routing/asks.hpp"

#include <catch2/catch_test_macros.hpp>

#include "http/routes/administration/webhookSchemas.hpp"

using namespace ks;

namespace {

struct Received {
  RequestContext context;
  HttpRequest request;
  Authenticated caller;
  EventStreamPtr stream;

  template <class Call, class Body>
  Call with(Body body, IdPath path) {
    return {context, request, caller, stream, std::int64_t{7}, std::move(body), {}, path};
  }
};

}  // namespace

TEST_CASE("asks: a message has the context, the id and the version of the call, whatever its body holds",
          "[http]") {
  Received received;
  received.context.requestId = "right";
  ChangeWebhook body;
  body.context.requestId = "wrong";
  body.id.bytes[0] = 1;
  body.expectedVersion = 1;
  body.url = "https://hooks.example.org";
  IdPath path;
  path.id.bytes[0] = 2;
  const auto message = messageOf(received.with<IdCall<ChangeWebhook>>(body, path));
  CHECK(message.context.requestId == "right");
  CHECK(message.id == path.id);
  CHECK(message.expectedVersion == 7);
  CHECK(message.url == "https://hooks.example.org");
}

TEST_CASE("asks: a message has the Idempotency-Key of the call, whatever its body holds", "[http]") {
  struct Keyed {
    std::string idempotencyKey;
  };
  Received received;
  auto call = received.with<IdCall<Keyed>>(Keyed{"of the body"}, IdPath{});
  call.idempotencyKey = "of the header";
  struct KeyedById : IdRequest, Keyed {};
  CHECK(messageOf<KeyedById>(call).idempotencyKey == "of the header");
}

TEST_CASE("asks: a message takes what it and the input have in common", "[http]") {
  struct Named : IdRequest {
    std::string name = "default";
  };
  struct NamedInput : Named {};
  Received received;
  IdPath path;
  path.id.bytes[0] = 2;
  NamedInput input;
  input.name = "given";
  const auto narrowed = messageOf<Named>(received.with<IdCall<NamedInput>>(input, path));
  CHECK(narrowed.name == "given");
  CHECK(narrowed.id == path.id);
  const auto widened = messageOf<Named>(received.with<IdCall<IdRequest>>(IdRequest{}, path));
  CHECK(widened.name == "default");
  CHECK(widened.id == path.id);
}

TEST_CASE("asks: a body names no member of a message that is not a field of its schema", "[http]") {
  const auto& schema = schemaOf<AddWebhook>();
  CHECK(schema.parse(R"({"url":"https://hooks.example.org","events":["user.*"]})").ok());
  for (const std::string name : {"id", "created_by", "context", "authorized", "version", "active"}) {
    const auto read =
        schema.parse(R"({"url":"https://hooks.example.org","events":["user.*"],")" + name + R"(":null})");
    REQUIRE(!read.ok());
    CHECK(read.fault().field == name);
    CHECK(read.fault().code == ErrorCode::unknownField);
  }
}

TEST_CASE("asks: a page is answered with the limit of its query", "[http]") {
  ListDeliveries query;
  query.limit = 3;
  const auto list = shown(DeliveryPage{{WebhookDelivery{}}, "next"}, limitOf(query));
  CHECK(limitOf(FindWebhook{}) == 0);
  CHECK(list.page.limit == 3);
  CHECK(list.page.hasMore);
  CHECK(shown(std::vector<Webhook>(2), limitOf(query)).page.limit == 2);
}
