#include "apps/cli/adminQuery.hpp"

#include "apps/cli/controlClient.hpp"
#include "apps/cli/exitCode.hpp"

namespace ks::cli {

std::optional<Json> askAdmin(CliContext& context, const char* method, const std::string& target,
                             const std::string& body, int& status, std::chrono::seconds patience) {
  const auto socket = context.controlSocket("admin");
  if (!socket) {
    status = kUnreachable;
    return std::nullopt;
  }
  const auto reply = askProcess(*socket, method, target, body, patience);
  if (reply.status == 0) {
    complain(context, unreachableText("admin", *socket, reply.error));
    status = kUnreachable;
    return std::nullopt;
  }
  Json answer = Json::parse(reply.body, nullptr, false);
  if (reply.status >= 200 && reply.status < 300 && answer.is_object()) {
    return answer;
  }
  complain(context, refusalText(answer, reply.status));
  status = kDegraded;
  return std::nullopt;
}

std::string pathSegment(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == ':' || c == '-';
    constexpr const char* kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

}  // namespace ks::cli
