#include "actors/mailTemplates.hpp"

#include <catch2/catch_test_macros.hpp>

namespace ks {

TEST_CASE("a verification mail carries its link, in the reader's language", "[mailTemplates]") {
  const auto english = renderMail("verifyEmail", "en", "abc123", "https://k.example");
  const auto indonesian = renderMail("verifyEmail", "id", "abc123", "https://k.example");
  REQUIRE(english);
  REQUIRE(indonesian);
  CHECK(english->text.find("https://k.example/auth/verify-email#token=abc123\n") != std::string::npos);
  CHECK(indonesian->text.find("https://k.example/auth/verify-email#token=abc123\n") != std::string::npos);
  CHECK(english->subject != indonesian->subject);
  CHECK(renderMail("verifyEmail", "fr", "abc123", "https://k.example")->subject == english->subject);
}

TEST_CASE("no mail has a placeholder left, and an unknown template is none", "[mailTemplates]") {
  for (const auto* name : {"verifyEmail", "alreadyRegistered", "passwordChanged"}) {
    for (const auto* locale : {"en", "id"}) {
      const auto mail = renderMail(name, locale, "token", "https://k.example");
      REQUIRE(mail);
      CHECK(mail->text.find('{') == std::string::npos);
      CHECK(mail->subject.find('{') == std::string::npos);
      CHECK(mail->text.find("https://k.example/") != std::string::npos);
    }
  }
  CHECK_FALSE(renderMail("nothing", "en", "", "https://k.example"));
}

}  // namespace ks
