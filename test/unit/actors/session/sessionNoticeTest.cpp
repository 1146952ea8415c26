#include "messages/account/sessionNotice.hpp"

#include <catch2/catch_test_macros.hpp>

namespace ks {

TEST_CASE("a notice of ended sessions survives its way as text", "[sessionNotice]") {
  SessionsEnded ended;
  ended.userId.bytes[0] = 1;
  for (std::uint8_t i = 0; i < 3; ++i) {
    Uuid id;
    id.bytes[15] = static_cast<std::uint8_t>(i + 1);
    ended.sessionIds.push_back(id);
    const auto back = SessionsEnded::parse(ended.toText());
    REQUIRE(back);
    CHECK(back->userId == ended.userId);
    CHECK(back->sessionIds == ended.sessionIds);
  }
}

TEST_CASE("what is no notice of ended sessions is not taken for one", "[sessionNotice]") {
  const std::string user = "01890a5d-ac96-774b-bcce-b302099a8057";
  CHECK(SessionsEnded::parse(user)->sessionIds.empty());
  CHECK_FALSE(SessionsEnded::parse(""));
  CHECK_FALSE(SessionsEnded::parse("hello"));
  CHECK_FALSE(SessionsEnded::parse(user + "  " + user));
  CHECK_FALSE(SessionsEnded::parse(" " + user));
  CHECK_FALSE(SessionsEnded::parse(user + " " + user.substr(1)));
}

}  // namespace ks
