#include "apps/cli/controlClient.hpp"

#include <httplib.h>

namespace ks::cli {
namespace {

constexpr std::size_t kMaxAnswer = 16U << 20U;  // bytes

std::string transportErrorText(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "the connection was refused";
    case httplib::Error::Read:
    case httplib::Error::Timeout:
      return "no answer within the time allowed";
    case httplib::Error::ConnectionTimeout:
      return "no connection within 5 s";
    default:
      return httplib::to_string(error);
  }
}

void setLimits(httplib::Client& client, std::chrono::seconds patience) {
  client.set_connection_timeout(std::chrono::seconds{5});
  client.set_write_timeout(std::chrono::seconds{5});
  client.set_read_timeout(patience);
  client.set_max_timeout(patience + std::chrono::seconds{5});
  client.set_payload_max_length(kMaxAnswer);
  client.set_keep_alive(false);
}

ControlReply replyOf(const httplib::Result& result) {
  if (!result) {
    return {0, {}, transportErrorText(result.error())};
  }
  return {result->status, result->body, {}};
}

}  // namespace

ControlReply askProcess(const std::string& socketPath, const std::string& method, const std::string& target,
                        const std::string& body, std::chrono::seconds patience) {
  // sockaddr_un::sun_path holds 108 bytes with its end.
  if (socketPath.size() > 107) {
    return {0, {}, "the socket's path is longer than the 107 bytes that the system allows"};
  }
  httplib::Client client(socketPath, 80);
  client.set_address_family(AF_UNIX);
  setLimits(client, patience);
  return replyOf(method == "POST"     ? client.Post(target, body, "application/json")
                 : method == "PATCH"  ? client.Patch(target, body, "application/json")
                 : method == "DELETE" ? client.Delete(target)
                                      : client.Get(target));
}

ControlReply askLoopback(const std::string& host, std::uint16_t port, const std::string& target,
                         const std::string& body, std::chrono::seconds patience) {
  httplib::Client client(host, port);
  setLimits(client, patience);
  return replyOf(client.Post(target, body, "application/json"));
}

ControlReply getLoopback(const std::string& host, std::uint16_t port, const std::string& target,
                         std::chrono::seconds patience) {
  httplib::Client client(host, port);
  setLimits(client, patience);
  return replyOf(client.Get(target));
}

}  // namespace ks::cli
