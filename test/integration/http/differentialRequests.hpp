#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ks::httpTest {

/// A request in pieces, so that each can be spoiled.
struct RequestParts {
  std::string method = "GET";
  std::string target = "/a";
  std::string version = "HTTP/1.1";
  std::string lineEnd = "\r\n";  ///< of the request line
  std::vector<std::string> headers{"Host: t"};
  std::string body;

  [[nodiscard]] std::string text() const;
  /// Makes it a POST with a body that its Content-Length describes.
  void post(const std::string& content);
};

/// One thing that not every request has.
struct Oddity {
  const char* name;
  std::function<void(RequestParts&)> apply;
};
const std::vector<Oddity>& oddities();

/// What is sent on one connection; the last request asks to close it.
struct Conversation {
  std::string bytes;
  std::vector<std::string> oddities;
  bool generated = false;
};

/// Every oddity alone, on a GET and on a POST, at the beginning and behind another request.
std::vector<Conversation> handMadeConversations();
/// Up to three requests with up to two oddities in the last one.
Conversation generatedConversation(std::uint32_t seed);

}  // namespace ks::httpTest
