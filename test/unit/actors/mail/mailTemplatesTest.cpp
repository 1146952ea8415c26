#include "actors/mail/mailTemplates.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "core/text/mailPayload.hpp"

namespace ks {
namespace {

constexpr std::string_view kUrl = "https://k.example";

struct Expected {
  const char* name;
  std::string payload;
  std::vector<std::string> inBoth;  ///< what the mail says in either language
};

const std::vector<Expected> kEveryMail{
    {"verifyEmail", "abc_-123", {"https://k.example/auth/verify-email#token=abc_-123\n"}},
    {"verifyEmail",
     mailPayload({{"token", "abc"}, {"device", "Firefox on Linux"}, {"ip", "192.0.2.7"}}),
     {": Firefox on Linux\n", ": 192.0.2.7\n", "https://k.example/auth/verify-email#token=abc\n"}},
    {"alreadyRegistered", "", {"https://k.example/auth/login\n"}},
    {"resetPassword", "abc", {"https://k.example/auth/reset-password#token=abc\n"}},
    {"deviceLink", "abc", {"https://k.example/auth/trust-device#token=abc\n"}},
    {"passwordChanged", "", {"https://k.example/auth/forgot\n"}},
    {"emailChangeConfirm", "abc", {"https://k.example/auth/confirm-email#token=abc\n"}},
    {"emailChangeNotice",
     mailPayload({{"token", "abc"}, {"new_address", "new@k.example"}}),
     {": new@k.example\n", "https://k.example/auth/undo-email-change#token=abc\n"}},
    {"emailMoved",
     mailPayload({{"token", "abc"}, {"new_address", "new@k.example"}}),
     {": new@k.example\n", "https://k.example/auth/undo-email-change#token=abc\n"}},
    {"factorAdded", "", {"https://k.example/auth/forgot\n"}},
    {"factorRemoved", "", {"https://k.example/auth/forgot\n"}},
    {"passwordChangedFactorRemoved", "", {"https://k.example/auth/forgot\n"}},
    {"impersonated",
     mailPayload({{"reason", "ticket 42"}, {"until", "2026-12-31T23:59:00Z"}}),
     {": ticket 42\n", " 31 Desember 2026 pukul 23.59 UTC| 31 December 2026, 23:59 UTC"}},
    {"superadminAsked",
     mailPayload({{"account", "ann@k.example"},
                  {"asked_by", "bob@k.example"},
                  {"reason", "she runs it from May"},
                  {"until", "2026-12-31T23:59:00Z"}}),
     {": ann@k.example\n", ": bob@k.example\n", ": she runs it from May\n",
      " 31 Desember 2026 pukul 23.59 UTC| 31 December 2026, 23:59 UTC"}},
    {"apiKeyMade",
     mailPayload({{"key", "report"}, {"device", "curl"}, {"ip", "192.0.2.7"}}),
     {": report\n", ": curl\n", ": 192.0.2.7\n", "https://k.example/auth/forgot\n"}},
    {"recoveryCodesRenewed",
     mailPayload({{"device", "curl"}, {"ip", "192.0.2.7"}}),
     {": curl\n", ": 192.0.2.7\n", "https://k.example/auth/forgot\n"}},
    {"apiKeysEnded", "report, backup", {"report, backup\n", "https://k.example/auth/forgot\n"}},
    {"recoveryCodesUsed", "7", {": 7\n"}},
    {"newDevice",
     mailPayload({{"device", "Firefox 128.0 on Linux"}, {"ip", "192.0.2.7"}}),
     {": Firefox 128.0 on Linux\n", ": 192.0.2.7\n"}},
    {"accountLocked", "2026-05-03T10:05:45.123Z", {" 3 Mei 2026 pukul 10.05 UTC| 3 May 2026, 10:05 UTC"}},
    {"sessionGuessing",
     "2026-05-03T10:05:45.123Z",
     {" 3 Mei 2026 pukul 10.05 UTC| 3 May 2026, 10:05 UTC", "https://k.example/auth/forgot\n"}},
    {"invitation", "abc", {"https://k.example/auth/accept-invitation#token=abc\n"}},
    {"accountSuspended",
     mailPayload({{"reason", "unpaid bills"}, {"until", "2026-12-31T23:59:00Z"}}),
     {": unpaid bills\n", " 31 Desember 2026 pukul 23.59 UTC| 31 December 2026, 23:59 UTC"}},
    {"accountDeletionScheduled",
     "2026-08-17T00:00:00Z",
     {" 17 Agustus 2026 pukul 00.00 UTC| 17 August 2026, 00:00 UTC"}},
    {"accountDeletionCancelled", "", {"https://k.example/auth/forgot\n"}},
    {"dataExportReady", "", {"https://k.example/auth/data\n"}},
};

/// `indonesian|english` where the two differ.
std::string inLanguage(const std::string& text, bool indonesian) {
  const auto bar = text.find('|');
  return bar == std::string::npos ? text : indonesian ? text.substr(0, bar) : text.substr(bar + 1);
}

}  // namespace

TEST_CASE("every mail says its values in the reader's language", "[mailTemplates]") {
  for (const auto& expected : kEveryMail) {
    CAPTURE(expected.name);
    const auto english = renderMail(expected.name, "en", expected.payload, kUrl);
    const auto indonesian = renderMail(expected.name, "id", expected.payload, kUrl);
    REQUIRE(english);
    REQUIRE(indonesian);
    CHECK(english->subject != indonesian->subject);
    CHECK(english->text != indonesian->text);
    CHECK(renderMail(expected.name, "fr", expected.payload, kUrl)->text == english->text);
    for (const auto& mail : {*english, *indonesian}) {
      const bool isIndonesian = mail.subject == indonesian->subject;
      CHECK(mail.text.find_first_of("{}") == std::string::npos);
      CHECK(mail.subject.find_first_of("{}\r\n") == std::string::npos);
      CHECK(mail.text.back() == '\n');
      for (const auto& text : expected.inBoth) {
        CHECK(mail.text.find(inLanguage(text, isIndonesian)) != std::string::npos);
      }
    }
  }
  CHECK_FALSE(renderMail("nothing", "en", "", kUrl));
}

TEST_CASE("a mail whose link has no proper token is none", "[mailTemplates]") {
  for (const auto* token : {"", "a b", "a\nBcc: x@y.example", "a&b", "<a>", "{}"}) {
    CHECK_FALSE(renderMail("resetPassword", "en", token, kUrl));
  }
  CHECK_FALSE(renderMail("emailChangeNotice", "en", mailPayload({{"new_address", "a@b.example"}}), kUrl));
}

TEST_CASE("a value that is missing takes its line along", "[mailTemplates]") {
  const auto mail = renderMail("accountSuspended", "en", mailPayload({{"reason", "spam"}}), kUrl);
  REQUIRE(mail);
  CHECK(mail->text.ends_with("Reason: spam\n"));
}

TEST_CASE("what a stranger wrote stays one harmless line", "[mailTemplates]") {
  const auto deviceLine = [](const std::string& device) {
    const auto text =
        renderMail("newDevice", "en", mailPayload({{"device", device}, {"ip", "::1"}}), kUrl)->text;
    const auto at = text.find("Device: ") + 8;
    return text.substr(at, text.find("\nAddress: ::1\n", at) - at);
  };
  CHECK(deviceLine("a\r\nb\x7f"
                   "c\td") == "a  b c d");
  CHECK(deviceLine("{url} {link}") == "{url} {link}");
  CHECK(deviceLine("call http://evil.example/x or www.evil.example") ==
        "call http:  evil. example x or www. evil. example");
  CHECK(deviceLine("mail me@evil.example") == "mail me evil. example");
  CHECK(deviceLine("x\xe2\x80\xae"
                   "y\xe2\x81\xa9z\xe2\x80\xa8w\xc2\x85v") == "x y z w v");
  CHECK(deviceLine("caf\xc3\xa9 \xe2\x82\xac 5.2") == "caf\xc3\xa9 \xe2\x82\xac 5.2");
  CHECK(deviceLine(std::string(500, 'x')) == std::string(200, 'x'));
  CHECK(deviceLine("x\xff") == "x\xef\xbf\xbd");
}

}  // namespace ks
