#include "actors/mail/mailMessage.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "actors/mail/mailTexts.hpp"
#include "apps/cli/mailFile.hpp"
#include "core/text/timeText.hpp"

namespace ks {
namespace {

const Uuid kId = *Uuid::parse("0192f0a0-0000-7000-8000-000000000001");

std::string messageOf(std::string to, std::string subject, std::string text) {
  return mailMessage({kId, std::move(to), std::move(subject), std::move(text)}, "accounts@k.example",
                     *parseTime("2026-11-21T07:04:05.678Z"));
}

std::string headOf(const std::string& message) { return message.substr(0, message.find("\r\n\r\n") + 2); }

}  // namespace

TEST_CASE("a mail has the headers that mail servers look for", "[mailMessage]") {
  CHECK(messageOf("ann@example.org", "Hello", "Text\n") ==
        "Date: Sat, 21 Nov 2026 07:04:05 +0000\r\n"
        "Message-ID: <0192f0a0-0000-7000-8000-000000000001@k.example>\r\n"
        "From: accounts@k.example\r\n"
        "To: ann@example.org\r\n"
        "Subject: Hello\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "\r\n"
        "Text\r\n");
}

TEST_CASE("nothing of a mail begins a header of its own", "[mailMessage]") {
  const auto head =
      headOf(messageOf("ann@example.org\r\nBcc: eve@example.org", "Hello\r\nBcc: eve@example.org\nX", "\n"));
  CHECK(head.find("\nBcc:") == std::string::npos);
  CHECK(head.find("\rBcc:") == std::string::npos);
  CHECK(std::count(head.begin(), head.end(), '\n') == 9);
}

TEST_CASE("a mail comes out as it was written, in short lines of ASCII", "[mailMessage]") {
  const std::string long_(300, 'x');
  const std::string subject =
      "Café, für Ünïcödé: eine Überschrift, die länger ist als ein Wort nach RFC 2047 sein darf";
  for (const auto& text : {std::string{"short\n"}, long_ + "\n" + long_ + " \nblank at end \t\n.\n..\n=3D\n",
                           std::string{"Grüße\n\n€ \n"}, std::string{"no line end"}, std::string{}}) {
    const auto message = messageOf("ann@example.org", subject, text);
    CHECK(std::all_of(message.begin(), message.end(),
                      [](char c) { return (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t'; }));
    for (std::size_t from = 0; from < message.size();) {
      const auto end = std::min(message.find("\r\n", from), message.size());
      CHECK(end - from <= 78);
      CHECK(message.substr(from, end - from).find('\n') == std::string::npos);
      from = end + 2;
    }
    const auto read = cli::parseMail("id", message);
    CHECK(read.subject == subject);
    CHECK(read.text == text);
    CHECK(read.to == "ann@example.org");
  }
}

}  // namespace ks
