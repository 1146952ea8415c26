#include "apps/cli/mailFile.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "test/unit/cli/temporaryFolder.hpp"

namespace ks::cli {
namespace {

void writeMail(const std::filesystem::path& path, const std::string& text, int ageS) {
  std::ofstream(path) << text;
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() - std::chrono::seconds(ageS));
}

}  // namespace

TEST_CASE("a mail as the development transport writes it") {
  const auto mail =
      parseMail("0195",
                "Date: 2026-02-03T10:30:45.123Z\nMessage-ID: <0195@k-services>\nTo: ann@example.org\n"
                "Subject: =?utf-8?B?Q29uZmlybSB5b3VyIGUtbWFpbCBhZGRyZXNz?=\n"
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
                "Open this:\n\nhttp://127.0.0.1:8080/auth/verify-email#token=ab-C_1\n\nBye\n");
  CHECK(mail.id == "0195");
  CHECK(mail.date == "2026-02-03T10:30:45.123Z");
  CHECK(mail.to == "ann@example.org");
  CHECK(mail.subject == "Confirm your e-mail address");
  CHECK(mail.text.starts_with("Open this:\n"));
  CHECK(mailLink(mail) == "http://127.0.0.1:8080/auth/verify-email#token=ab-C_1");
  CHECK(mailToken(mail) == "ab-C_1");
}

TEST_CASE("folded headers, carriage returns and other encodings") {
  const auto mail =
      parseMail("1",
                "from: =?UTF-8?Q?Andr=C3=A9_B=2E?= <a@example.org>\r\nSUBJECT: =?utf-8?B?b25l?=\r\n"
                " =?utf-8?B?IHR3bw==?=\r\n\tthree\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                "see https://example.org/x?a=3D1&token=3Dt=\r\n0k&b=3D2\r\n");
  CHECK(mail.from == "Andr\xC3\xA9 B. <a@example.org>");
  CHECK(mail.subject == "one two\tthree");
  CHECK(mailToken(mail) == "t0k");
  CHECK(parseMail("2", "Content-Transfer-Encoding: base64\n\naGVs\nbG8=\n").text == "hello");
}

TEST_CASE("rubbish is a mail without fields, never a fault") {
  for (const auto* text :
       {"", "\n", "\n\n", "no colon", ":", "Subject: =?utf-8?B", "Subject: =?=?=?=", "a: b\n\n", "\nbody"}) {
    INFO(text);
    const auto mail = parseMail("x", text);
    CHECK(mail.to.empty());
    CHECK(mailToken(mail).empty());
    CHECK(mailLink(mail).empty());
  }
  CHECK(parseMail("x", "\nbody").text == "body");
}

TEST_CASE("the folder lists mails, the newest first, and nothing else") {
  const TemporaryFolder folder;
  writeMail(folder.path() / "a.eml", "To: old@example.org\n\nx", 60);
  writeMail(folder.path() / "b.eml", "To: new@example.org\n\nx", 1);
  writeMail(folder.path() / "c.part", "To: unfinished@example.org\n\nx", 0);
  std::filesystem::create_directory(folder.path() / "d.eml");
  const auto read = readMailFolder(folder.path().string());
  CHECK(read.problem.empty());
  REQUIRE(read.mails.size() == 2);
  CHECK(read.mails[0].to == "new@example.org");
  CHECK(read.mails[1].id == "a");
}

TEST_CASE("a folder that is not there is told, not taken for an empty one") {
  CHECK_FALSE(readMailFolder("/nonexistent/mail").problem.empty());
}

}  // namespace ks::cli
