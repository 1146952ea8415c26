#include "messages/platform/actorErrors.hpp"

#include <catch2/catch_test_macros.hpp>

#include "messages/account/accountTypeIds.hpp"
#include "messages/platform/typeIds.hpp"

namespace ks {
namespace {

/// CAF knows the types of its own and of our messages only after this.
void knowTypes() {
  static const bool once = [] {
    caf::init_global_meta_objects<caf::id_block::kServices>();
    caf::init_global_meta_objects<caf::id_block::kAccounts>();
    caf::core::init_global_meta_objects();
    return true;
  }();
  REQUIRE(once);
}

}  // namespace

TEST_CASE("a fault crosses the border between actors whole", "[actorErrors]") {
  knowTypes();
  auto fault = makeFault(ErrorCode::usernameTaken, "cause");
  fault.message = "shown";
  fault.field = "username";
  fault.retryAfterS = 7;
  fault.details.push_back({"email", ErrorCode::invalidEmail, "no"});
  const auto back = faultFromCafError(toCafError(fault));
  CHECK(back.code == ErrorCode::usernameTaken);
  CHECK(back.message == "shown");
  CHECK(back.field == "username");
  CHECK(back.detail == "cause");
  CHECK(back.retryAfterS == 7);
  REQUIRE(back.details.size() == 1);
  CHECK(back.details.front().field == "email");
  CHECK(faultFromCafError(toCafError(makeFault(ErrorCode::none))).code == ErrorCode::internal);
}

TEST_CASE("CAF's own errors become what they mean to a caller", "[actorErrors]") {
  knowTypes();
  CHECK(faultFromCafError(caf::make_error(caf::sec::request_timeout)).code == ErrorCode::timeout);
  CHECK(faultFromCafError(caf::make_error(caf::sec::request_receiver_down)).code ==
        ErrorCode::dependencyUnavailable);
  CHECK(faultFromCafError(caf::make_error(caf::sec::broken_promise)).code ==
        ErrorCode::dependencyUnavailable);
  CHECK(faultFromCafError(caf::make_error(caf::sec::unexpected_message)).code == ErrorCode::internal);
}

TEST_CASE("every error code has a name that leads back to it", "[actorErrors]") {
  for (std::uint8_t value = 0; value < static_cast<std::uint8_t>(ErrorCode::last_); ++value) {
    ErrorCode code = ErrorCode::last_;
    REQUIRE(from_integer(value, code));
    ErrorCode back = ErrorCode::last_;
    const auto text = to_string(code);
    REQUIRE(from_string(EnumText{text.data(), text.size()}, back));
    CHECK(back == code);
  }
  ErrorCode code = ErrorCode::none;
  CHECK_FALSE(from_integer(static_cast<std::uint8_t>(ErrorCode::last_), code));
}

}  // namespace ks
