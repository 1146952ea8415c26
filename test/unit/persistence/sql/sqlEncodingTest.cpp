#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "persistence/sql/copyBuffer.hpp"
#include "persistence/sql/sqlFault.hpp"
#include "persistence/sql/sqlParameters.hpp"

using namespace ks;

namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<std::uint8_t>(byte) >> 4U];
    text += kDigits[static_cast<std::uint8_t>(byte) & 15U];
  }
  return text;
}

std::string valueAt(const SqlParameters::Bound& bound, std::size_t index) {
  return hex({bound.values[index], static_cast<std::size_t>(bound.lengths[index])});
}

}  // namespace

TEST_CASE("Parameters are bound big-endian with their type", "[sql]") {
  SqlParameters parameters;
  parameters.int2(-2).int4(0x01020304).int8(-1).boolean(true).text("hi").float8(1.0);
  parameters.uuid(*Uuid::parse("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"))
      .bytea(std::vector<std::uint8_t>{0, 255});
  parameters.time(TimePoint(Milliseconds(946'684'800'001))).jsonb("{}");
  const auto bound = parameters.bound();
  REQUIRE(parameters.count() == 10);
  CHECK(bound.types == std::vector<std::uint32_t>{21, 23, 20, 16, 25, 701, 2950, 17, 1184, 3802});
  CHECK(bound.formats == std::vector<int>(10, 1));
  CHECK(valueAt(bound, 0) == "fffe");
  CHECK(valueAt(bound, 1) == "01020304");
  CHECK(valueAt(bound, 2) == "ffffffffffffffff");
  CHECK(valueAt(bound, 3) == "01");
  CHECK(valueAt(bound, 4) == "6869");
  CHECK(valueAt(bound, 5) == "3ff0000000000000");
  CHECK(valueAt(bound, 6) == "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b");
  CHECK(valueAt(bound, 7) == "00ff");
  CHECK(valueAt(bound, 8) == "00000000000003e8");  // a millisecond after 2000-01-01
  CHECK(valueAt(bound, 9) == "017b7d");
}

TEST_CASE("NULL keeps its type", "[sql]") {
  SqlParameters parameters;
  parameters.textOrNull("")
      .optionalTime(std::nullopt)
      .optionalUuid(Uuid{})
      .byteaOrNull({})
      .optionalInt8(std::nullopt)
      .text("");
  const auto bound = parameters.bound();
  CHECK(bound.types == std::vector<std::uint32_t>{25, 1184, 2950, 17, 20, 25});
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(bound.values[i] == nullptr);
  }
  CHECK(bound.values[5] != nullptr);
  CHECK(bound.lengths[5] == 0);
}

TEST_CASE("Addresses", "[sql]") {
  SqlParameters parameters;
  parameters.inetOrNull("192.0.2.1")
      .inetOrNull("2001:db8::1")
      .inetOrNull("")
      .inetOrNull("no address")
      .inetOrNull("1.2.3.4/8");
  const auto bound = parameters.bound();
  CHECK(valueAt(bound, 0) == "02200004c0000201");
  CHECK(valueAt(bound, 1) == "0380001020010db8000000000000000000000001");
  CHECK(bound.values[2] == nullptr);
  CHECK(bound.values[3] == nullptr);
  CHECK(bound.values[4] == nullptr);
  std::string bytes;
  for (const char* address : {"192.0.2.1", "2001:db8::1", "::ffff:1.2.3.4", "255.255.255.255"}) {
    bytes.clear();
    REQUIRE(sqlEncoding::appendInet(bytes, address));
    CHECK(sqlEncoding::readInet(bytes) == address);
  }
  CHECK(sqlEncoding::readInet(std::string("\2\10\0\4\n\0\0\0", 8)) == "10.0.0.0/8");
  CHECK(sqlEncoding::readInet("abc").empty());
  CHECK(sqlEncoding::readInet(std::string("\2\40\0\20\1\2\3\4", 8)).empty());
}

TEST_CASE("Arrays", "[sql]") {
  SqlParameters parameters;
  const std::vector<std::string> texts = {"a", "", "bc"};
  parameters.textArray(texts).int8Array({}).int4Array(std::vector<std::int32_t>{7});
  const auto bound = parameters.bound();
  CHECK(valueAt(bound, 0) ==
        "00000001"
        "00000000"
        "00000019"
        "00000003"
        "00000001"
        "00000001"
        "61"
        "00000000"
        "00000002"
        "6263");
  CHECK(valueAt(bound, 1) == "000000000000000000000014");
  CHECK(valueAt(bound, 2) ==
        "0000000100000000000000170000000100000001"
        "0000000400000007");
}

TEST_CASE("Reading is the inverse of writing", "[sql]") {
  std::string bytes;
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    bytes.clear();
    sqlEncoding::appendInt64(bytes, value);
    CHECK(sqlEncoding::readInt64(bytes.data()) == value);
  }
  for (const double value : {0.0, -1.5, 1e300}) {
    bytes.clear();
    sqlEncoding::appendFloat64(bytes, value);
    CHECK(sqlEncoding::readFloat64(bytes.data()) == value);
  }
  for (const std::int64_t ms :
       {std::int64_t{0}, std::int64_t{946'684'799'999}, std::int64_t{1'790'000'000'123}}) {
    bytes.clear();
    sqlEncoding::appendTime(bytes, TimePoint(Milliseconds(ms)));
    CHECK(sqlEncoding::readTime(bytes.data()) == TimePoint(Milliseconds(ms)));
  }
  // Microseconds before 2000 round down, as those after do.
  bytes.clear();
  sqlEncoding::appendInt64(bytes, -1);
  CHECK(sqlEncoding::readTime(bytes.data()) == TimePoint(Milliseconds(946'684'799'999)));
}

TEST_CASE("COPY rows", "[sql]") {
  CopyBuffer buffer;
  buffer.row(2).int4(5).null(SqlType::text);
  const std::string first(buffer.finish());
  CHECK(hex(first) ==
        "5047434f50590aff0d0a00"
        "0000000000000000"
        "0002"
        "0000000400000005"
        "ffffffff"
        "ffff");
  CHECK(buffer.rows() == 1);
  buffer.clear();
  CHECK(buffer.rows() == 0);
  buffer.row(2).int4(5).null(SqlType::text);
  CHECK(buffer.finish() == first);
}

TEST_CASE("SQL faults", "[sql]") {
  const auto unique = makeSqlFault("23505", "users_email_live", "duplicate key\n");
  CHECK(unique.code == ErrorCode::conflict);
  CHECK(unique.message.empty());
  CHECK(sqlStateOf(unique) == "23505");
  CHECK(isUniqueViolation(unique, "users_email_live"));
  CHECK_FALSE(isUniqueViolation(unique, "users_email"));
  CHECK(makeSqlFault("57014", "", "canceling").code == ErrorCode::timeout);
  CHECK(makeSqlFault("53300", "", "too many clients").code == ErrorCode::dependencyUnavailable);
  CHECK(makeSqlFault("42601", "", "syntax error").code == ErrorCode::internal);
  CHECK(sqlStateOf(makeFault(ErrorCode::internal, "plain text")).empty());
  CHECK(sqlStateOf(makeFault(ErrorCode::internal)).empty());

  CHECK(classifySqlState("40001", "") == SqlErrorClass::again);
  CHECK(classifySqlState("40P01", "") == SqlErrorClass::again);
  CHECK(classifySqlState("25006", "") == SqlErrorClass::replace);
  CHECK(classifySqlState("0A000", "cached plan must not change result type") == SqlErrorClass::replace);
  CHECK(classifySqlState("0A000", "not supported") == SqlErrorClass::final_);
  CHECK(classifySqlState("57P01", "") == SqlErrorClass::lost);
  CHECK(classifySqlState("57014", "") == SqlErrorClass::final_);
  CHECK(classifySqlState("23505", "") == SqlErrorClass::final_);
}
