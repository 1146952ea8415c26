#include "actors/mail/folderMailTransport.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "core/bytes.hpp"
#include "core/text/base64url.hpp"
#include "core/text/timeText.hpp"

namespace ks {
namespace {

Fault fileFault(const std::string& what, const std::filesystem::path& path) {
  return makeFault(ErrorCode::dependencyUnavailable,
                   what + " " + path.string() + ": " + std::strerror(errno));
}

Result<Done> writeAll(int file, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return fileFault("cannot write", path);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

}  // namespace

Result<MailDelivery> FolderMailTransport::deliver(const Mail& mail) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const auto path = folder_ / (mail.id.toString() + ".eml");
  const auto temporary = folder_ / ("." + mail.id.toString() + ".part");
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) {
    return fileFault("cannot create", temporary);
  }
  const auto text =
      "Date: " + formatTime(clock_.now()) + "\nMessage-ID: <" + mail.id.toString() +
      "@k-services>\nTo: " + mail.to + "\nSubject: =?utf-8?B?" + base64Encode(asBytes(mail.subject)) +
      "?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + mail.text;
  auto written = writeAll(file, text, temporary);
  if (::close(file) != 0 && written.ok()) {
    written = fileFault("cannot close", temporary);
  }
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return std::move(written.fault());
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return fileFault("cannot rename to", path);
  }
  return MailDelivery{};
}

}  // namespace ks
