#include "persistence/sessionText.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

namespace {

SessionRecord sampleSession() {
  SessionRecord record;
  record.session.id.bytes[0] = 1;
  record.session.userId.bytes[0] = 2;
  record.session.refreshKeySealed = {1, 2, 3};
  record.session.methods = {"pwd", "otp"};
  record.session.deviceHash = {0, 255, 44};
  record.session.userAgent = "with, commas: and 5:colons,";
  record.session.createdAt = TimePoint(Milliseconds(-5));
  record.refreshCounter = 7;
  record.revokedAt = TimePoint(Milliseconds(0));
  record.user.id = record.session.userId;
  record.user.displayName = std::string("nul\0inside", 10);
  record.user.status = UserStatus::suspended;
  record.user.roles = {"user"};
  record.user.passwordChangeRequired = true;
  return record;
}

}  // namespace

TEST_CASE("A session's text gives the session back, but for its key", "[sessionText]") {
  const auto record = sampleSession();
  const auto text = sessionToText(record);
  const auto back = sessionFromText(text);
  REQUIRE(back);
  CHECK(back->session.refreshKeySealed.empty());
  CHECK(back->session.id == record.session.id);
  CHECK(back->session.methods == record.session.methods);
  CHECK(back->session.deviceHash == record.session.deviceHash);
  CHECK(back->session.userAgent == record.session.userAgent);
  CHECK(back->session.createdAt == record.session.createdAt);
  CHECK(back->refreshCounter == 7);
  CHECK(back->revokedAt == record.revokedAt);
  CHECK_FALSE(back->refreshedAt);
  CHECK(back->user.displayName == record.user.displayName);
  CHECK(back->user.status == UserStatus::suspended);
  CHECK(back->user.roles == record.user.roles);
  CHECK(back->user.passwordChangeRequired);
}

TEST_CASE("A broken text is no session", "[sessionText]") {
  const auto text = sessionToText(sampleSession());
  for (std::size_t length = 0; length < text.size(); ++length) {
    REQUIRE_FALSE(sessionFromText(text.substr(0, length)));
  }
  CHECK_FALSE(sessionFromText(text + "1:x,"));
  for (const char* bad : {"1:2,", "99999999999999999999:1,", "18446744073709551615:1,", "-1:,", ":", "1:1"}) {
    CHECK_FALSE(sessionFromText(bad));
  }
  auto changed = text;
  for (auto& c : changed) {
    const char before = c;
    c = static_cast<char>(c ^ 1);
    (void)sessionFromText(changed);  // must not crash, whatever it gives
    c = before;
  }
}
