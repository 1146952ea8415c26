#include "http/schema/objectSchema.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "core/text/identifierFold.hpp"
#include "http/routes/account/accountFields.hpp"

using namespace ks;

namespace {

enum class Colour : std::uint8_t { red, green };

struct Inner {
  std::string name;
  std::optional<int> size;
};
struct Everything {
  std::string text;
  SecretText secret;
  std::string email;
  bool flag = false;
  std::int32_t small = 0;
  std::uint16_t port = 0;
  double ratio = 0;
  Uuid id;
  TimePoint at;
  Colour colour = Colour::red;
  std::optional<Inner> inner;
  std::vector<Inner> many;
  std::vector<std::string> words;
  std::map<std::string, int> counts;
};

ObjectSchema<Inner> schemaFor(Of<Inner> /*of*/) {
  return ObjectSchema<Inner>("Inner")
      .field("name", &Inner::name, rules().length(1, 5))
      .field("size", &Inner::size, rules().range(0, 10));
}

ObjectSchema<Everything> schemaFor(Of<Everything> /*of*/) {
  return ObjectSchema<Everything>("Everything")
      .field("text", &Everything::text, rules().length(2, 4))
      .field("secret", &Everything::secret, rules().length(1, 8).optional())
      .field("email", &Everything::email,
             rules()
                 .length(3, 254)
                 .format(TextFormat::email)
                 .fold(&normalizeEmail, {}, ErrorCode::invalidEmail)
                 .optional())
      .field("flag", &Everything::flag, rules().optional())
      .field("small", &Everything::small, rules().range(-5, 5).optional())
      .field("port", &Everything::port, rules().optional())
      .field("ratio", &Everything::ratio, rules().range(0, 1).optional())
      .field("id", &Everything::id, rules().optional())
      .field("at", &Everything::at, rules().optional())
      .field("colour", &Everything::colour, EnumNames<Colour>{{Colour::red, "red"}, {Colour::green, "green"}},
             rules().optional())
      .field("inner", &Everything::inner)
      .field("many", &Everything::many, rules().items(0, 2).optional())
      .field("words", &Everything::words, rules().items(0, 3).optional())
      .field("counts", &Everything::counts, rules().optional());
}

Fault faultOf(std::string_view json) {
  auto read = schemaOf<Everything>().parse(json);
  REQUIRE_FALSE(read.ok());
  return read.fault();
}

struct FieldCase {
  std::string json;
  std::string field;
  ErrorCode code;
};

struct Rendered {
  std::string name;
  std::string note;
  std::optional<TimePoint> at;
  std::optional<int> left;
  SecretText token{"t\"1"};
  std::vector<std::optional<double>> data;
};

}  // namespace

TEST_CASE("a full object is read", "[http][schema]") {
  const auto read = schemaOf<Everything>().parse(
      R"({"text":"äöü","secret":"p\u0001 w","email":"a.b+c@xn--bcher-kva.example","flag":true,"small":-5,"port":65535,"ratio":1,
          "id":"01890000-0000-7000-8000-000000000001","at":"2026-02-03T10:30:45.123+07:00","colour":"green",
          "inner":{"name":"x"},"many":[{"name":"a","size":10},{"name":"b","size":null}],"words":["",""],"counts":{"k":3}})");
  REQUIRE(read.ok());
  const Everything& value = read.value();
  CHECK(value.text == "äöü");
  CHECK(value.secret.reveal() == "p\x01 w");
  CHECK(value.small == -5);
  CHECK(value.port == 65535);
  CHECK(value.colour == Colour::green);
  CHECK(value.inner->name == "x");
  CHECK_FALSE(value.inner->size.has_value());
  CHECK(value.many.at(0).size == 10);
  CHECK(value.counts.at("k") == 3);
  CHECK(value.at.time_since_epoch().count() == 1770089445123);
}

TEST_CASE("one fault keeps its own code and names its field", "[http][schema]") {
  const FieldCase test = GENERATE(
      FieldCase{R"({})", "text", ErrorCode::required},
      FieldCase{R"({"text":"a"})", "text", ErrorCode::tooShort},
      FieldCase{R"({"text":"abcde"})", "text", ErrorCode::tooLong},
      FieldCase{R"({"text":"äöüßé"})", "text", ErrorCode::tooLong},
      FieldCase{R"({"text":7})", "text", ErrorCode::invalidFormat},
      FieldCase{R"({"text":null})", "text", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"a\u0000"})", "text", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"a\n"})", "text", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","secret":"a\u0000b"})", "secret", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","secret":["x"]})", "secret", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","email":"nobody"})", "email", ErrorCode::invalidEmail},
      FieldCase{R"({"text":"ab","email":"a@b"})", "email", ErrorCode::invalidEmail},
      FieldCase{R"({"text":"ab","email":"a b@c.de"})", "email", ErrorCode::invalidEmail},
      FieldCase{R"({"text":"ab","email":"a@-c.de"})", "email", ErrorCode::invalidEmail},
      FieldCase{R"({"text":"ab","flag":"true"})", "flag", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","flag":1})", "flag", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","small":6})", "small", ErrorCode::outOfRange},
      FieldCase{R"({"text":"ab","small":1.5})", "small", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","port":-1})", "port", ErrorCode::outOfRange},
      FieldCase{R"({"text":"ab","port":65536})", "port", ErrorCode::outOfRange},
      FieldCase{R"({"text":"ab","port":99999999999999999999999})", "port", ErrorCode::outOfRange},
      FieldCase{R"({"text":"ab","ratio":1.01})", "ratio", ErrorCode::outOfRange},
      FieldCase{R"({"text":"ab","id":"01890000-0000-7000-8000-00000000000"})", "id",
                ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","at":"yesterday"})", "at", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","colour":"blue"})", "colour", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","inner":{"name":"x","more":1}})", "inner.more", ErrorCode::unknownField},
      FieldCase{R"({"text":"ab","inner":{}})", "inner.name", ErrorCode::required},
      FieldCase{R"({"text":"ab","inner":[]})", "inner", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","many":[{"name":"a"},{"name":"toolong"}]})", "many[1].name",
                ErrorCode::tooLong},
      FieldCase{R"({"text":"ab","many":[{"name":"a"},{"name":"a"},{"name":"a"}]})", "many",
                ErrorCode::tooLong},
      FieldCase{R"({"text":"ab","words":"x"})", "words", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","counts":{"k":"v"}})", "counts.k", ErrorCode::invalidFormat},
      FieldCase{R"({"text":"ab","unknown":1})", "unknown", ErrorCode::unknownField});
  INFO(test.json);
  const Fault fault = faultOf(test.json);
  CHECK(describe(fault.code).name == describe(test.code).name);
  CHECK(fault.field == test.field);
  CHECK(fault.details.empty());
}

TEST_CASE("several faults are told together", "[http][schema]") {
  const Fault fault = faultOf(R"({"text":"a","port":70000,"unknown":1,"inner":{"name":"toolong"}})");
  CHECK(fault.code == ErrorCode::validationFailed);
  REQUIRE(fault.details.size() == 4);
  CHECK(fault.details[0].field == "text");
  CHECK(fault.details[3].field == "inner.name");
}

TEST_CASE("malformed JSON is one fault with its position", "[http][schema]") {
  std::string deep(5000, '[');
  std::string wide = "{\"text\":\"ab\"";
  for (int i = 0; i < 300; ++i) {
    wide += ",\"k" + std::to_string(i) + "\":1";
  }
  const std::string json = GENERATE_COPY(
      std::string(""), std::string("{"), std::string("{\"text\":}"), std::string("{\"text\":\"ab\"} x"),
      std::string("{\"text\":\"ab\",}"), std::string("{'text':'ab'}"),
      std::string("{\"text\":\"ab\" /* c */}"), std::string("{\"text\":\"\xff\"}"),
      std::string("{\"text\":\"\xc0\xaf\"}"), std::string("{\"text\":\"\\ud800\"}"),
      std::string("{\"text\":\"a\x01\"}"), std::string("{\"text\":\"ab\",\"text\":\"cd\"}"),
      std::string("\xef\xbb\xbf{}"), std::string("NaN"), std::string("{\"small\":01}"), deep,
      "{\"text\":" + deep, wide + "}", std::string("{\"text\":\"ab\"}\0", 14));
  INFO(json.substr(0, 60));
  const Fault fault = faultOf(json);
  CHECK(fault.code == ErrorCode::malformedJson);
  CHECK(fault.message.size() > 10);
}

TEST_CASE("other JSON than an object", "[http][schema]") {
  for (const char* json : {"[]", "null", "\"x\"", "7"}) {
    CHECK(faultOf(json).code == ErrorCode::invalidFormat);
  }
}

TEST_CASE("a field's name in a fault is bounded and printable", "[http][schema]") {
  const Fault fault = faultOf("{\"text\":\"ab\",\"" + std::string(500, 'x') + "\":1}");
  CHECK(fault.field.size() == 64);
  CHECK(faultOf("{\"text\":\"ab\",\"a\\u0000\\n\":1}").field == "a??");
}

TEST_CASE("query parameters", "[http][schema]") {
  CHECK(schemaOf<Everything>()
            .parsePairs({{"text", "ab"}, {"small", "3"}, {"flag", "true"}, {"ratio", "0.5"}})
            .value()
            .ratio == 0.5);
  CHECK(schemaOf<Everything>().parsePairs({{"text", "ab"}, {"small", "3x"}}).fault().field == "small");
  CHECK(schemaOf<Everything>().parsePairs({{"text", "ab"}, {"port", "99999999999999999999"}}).fault().code ==
        ErrorCode::outOfRange);
  CHECK(schemaOf<Everything>().parsePairs({{"text", "ab"}, {"text", "cd"}}).fault().field == "text");
  CHECK(schemaOf<Everything>().parsePairs({{"text", "ab"}, {"nope", ""}}).fault().code ==
        ErrorCode::unknownField);
}

TEST_CASE("outputs are written without what is absent, or with null", "[http][schema]") {
  const auto schema = ObjectSchema<Rendered>("Rendered")
                          .field("name", &Rendered::name, rules().orNull())
                          .field("note", &Rendered::note, rules().omitEmpty())
                          .field("at", &Rendered::at, rules().orNull())
                          .field("left", &Rendered::left)
                          .field("token", &Rendered::token)
                          .field("data", &Rendered::data);
  Rendered value;
  CHECK(schema.render(value) == R"({"name":null,"at":null,"token":"t\"1","data":[]})");
  value.name =
      "a\"\\\n\x01\x7f"
      "ä\xff";
  value.note = "n";
  value.at = TimePoint(std::chrono::milliseconds(1));
  value.left = -7;
  value.data = {1.5, std::nullopt, 2.0, std::numeric_limits<double>::quiet_NaN()};
  CHECK(schema.render(value) ==
        "{\"name\":\"a\\\"\\\\\\n\\u0001\\u007fä\xef\xbf\xbd\",\"note\":\"n\",\"at\":\"1970-01-01T00:00:00."
        "001Z\","
        "\"left\":-7,\"token\":\"t\\\"1\",\"data\":[1.5,null,2,null]}");
}

TEST_CASE("a text has the length of its form, which may be longer than what was sent", "[http][schema]") {
  struct Named {
    std::string name;
  };
  static const auto schema = ObjectSchema<Named>("Named").field("name", &Named::name, shownNameRules(1, 6));
  for (const auto& [text, length] :
       std::vector<std::pair<std::string, std::size_t>>{{"\u0958", 2}, {"\ufb2c", 3}, {"e\u0301", 1}}) {
    std::string most;
    for (std::size_t i = 0; i < 6 / std::max<std::size_t>(length, 2); ++i) {
      most += text;
    }
    CHECK(schema.parse(R"({"name":")" + most + R"("})").ok());
  }
  for (const std::string text : {"\u0958\u0958\u0958\u0958", "\ufb2c\ufb2c\ufb2c"}) {
    auto read = schema.parse(R"({"name":")" + text + R"("})");
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().code == ErrorCode::tooLong);
    CHECK(read.fault().field == "name");
  }
}
