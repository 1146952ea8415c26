#include "apps/cli/adminQuery.hpp"

#include "apps/cli/controlClient.hpp"
#include "apps/cli/exitCode.hpp"

namespace ks::cli {

std::optional<Json> askAdmin(CliContext& context, const char* method, const std::string& target,
                             const std::string& body, int& status) {
  const auto socket = context.controlSocket("admin");
  if (!socket) {
    status = kUnreachable;
    return std::nullopt;
  }
  const auto reply = askProcess(*socket, method, target, body);
  if (reply.status == 0) {
    complain(context, unreachableText("admin", *socket, reply.error));
    status = kUnreachable;
    return std::nullopt;
  }
  Json answer = Json::parse(reply.body, nullptr, false);
  if (reply.status >= 200 && reply.status < 300 && answer.is_object()) {
    return answer;
  }
  const auto error = answer.is_object() ? answer.find("error") : answer.end();
  if (answer.is_object() && error != answer.end() && error->is_object()) {
    complain(context, textOf(*error, "message") + " (" + textOf(*error, "code") + ", request " +
                          textOf(answer, "request_id") + ")");
    for (const auto& detail : listOf(*error, "details")) {
      context.err << "  " << printable(textOf(detail, "field")) << ": "
                  << printable(textOf(detail, "message")) << "\n";
    }
  } else {
    complain(context, "k-admin answered " + std::to_string(reply.status) + "; see why: ./k logs k-admin");
  }
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
