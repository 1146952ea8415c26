#include "persistence/redis/redisUrl.hpp"

#include <charconv>
#include <optional>

namespace ks {
namespace {

Fault refuseUrl(std::string message) {
  Fault fault = makeFault(ErrorCode::invalidFormat, message);
  fault.message = std::move(message);
  return fault;
}

std::optional<int> numberIn(std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> percentDecoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    unsigned value = 0;
    if (text.size() - i < 3) {
      return std::nullopt;
    }
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
    if (error != std::errc() || end != text.data() + i + 3 || value == 0) {
      return std::nullopt;
    }
    decoded.push_back(static_cast<char>(value));
    i += 2;
  }
  return decoded;
}

/// Takes "user:password@" from the front of `rest`.
bool takeCredentials(std::string_view& rest, std::string_view authority, RedisAddress& address) {
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) {
    return true;
  }
  const auto credentials = authority.substr(0, at);
  rest.remove_prefix(at + 1);
  const auto colon = credentials.find(':');
  const auto user =
      percentDecoded(colon == std::string_view::npos ? std::string_view() : credentials.substr(0, colon));
  const auto password =
      percentDecoded(colon == std::string_view::npos ? credentials : credentials.substr(colon + 1));
  if (!user || !password) {
    return false;
  }
  address.user = *user;
  address.password = *password;
  return true;
}

Result<RedisAddress> parseTcp(std::string_view rest) {
  RedisAddress address;
  if (!takeCredentials(rest, rest.substr(0, rest.find('/')), address)) {
    return refuseUrl("user or password of the Redis URL is badly percent-encoded");
  }
  const auto slash = rest.find('/');
  std::string_view hostPort = rest.substr(0, slash);
  if (slash != std::string_view::npos && slash + 1 < rest.size()) {
    const auto database = numberIn(rest.substr(slash + 1), 0, 1'000'000);
    if (!database) {
      return refuseUrl("the Redis URL's database is not a number");
    }
    address.database = *database;
  }
  std::string_view port;
  if (hostPort.starts_with('[')) {
    const auto close = hostPort.find(']');
    if (close == std::string_view::npos) {
      return refuseUrl("the Redis URL's IPv6 address lacks its closing bracket");
    }
    address.host = hostPort.substr(1, close - 1);
    port = hostPort.substr(close + 1);
  } else {
    const auto colon = hostPort.find(':');
    address.host = hostPort.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : hostPort.substr(colon);
  }
  if (address.host.empty()) {
    return refuseUrl("the Redis URL names no host");
  }
  if (!port.empty()) {
    const auto number = port.starts_with(':') ? numberIn(port.substr(1), 1, 65'535) : std::nullopt;
    if (!number) {
      return refuseUrl("the Redis URL's port is not in 1 to 65535");
    }
    address.port = *number;
  }
  return address;
}

Result<RedisAddress> parseUnix(std::string_view rest) {
  RedisAddress address;
  if (!rest.starts_with('/') && !takeCredentials(rest, rest.substr(0, rest.find('/')), address)) {
    return refuseUrl("user or password of the Redis URL is badly percent-encoded");
  }
  const auto question = rest.find('?');
  const auto path = percentDecoded(rest.substr(0, question));
  if (!path || !path->starts_with('/')) {
    return refuseUrl("the Redis URL's socket path must be absolute: unix:///path");
  }
  address.path = *path;
  if (question != std::string_view::npos) {
    const auto query = rest.substr(question + 1);
    const auto database = query.starts_with("db=") ? numberIn(query.substr(3), 0, 1'000'000) : std::nullopt;
    if (!database) {
      return refuseUrl("after the Redis URL's socket path only ?db=NUMBER may follow");
    }
    address.database = *database;
  }
  return address;
}

}  // namespace

std::string RedisAddress::display() const {
  return (host.empty() ? "unix://" + path : "redis://" + host + ":" + std::to_string(port)) + " database " +
         std::to_string(database);
}

Result<RedisAddress> parseRedisUrl(std::string_view url) {
  constexpr std::string_view kTcp = "redis://";
  constexpr std::string_view kTls = "rediss://";
  constexpr std::string_view kUnix = "unix://";
  if (url.starts_with(kTcp)) {
    return parseTcp(url.substr(kTcp.size()));
  }
  if (url.starts_with(kUnix)) {
    return parseUnix(url.substr(kUnix.size()));
  }
  if (url.starts_with(kTls)) {
    return refuseUrl(
        "rediss:// needs a hiredis with TLS, which this build has not: reach the server through a local TLS "
        "tunnel (stunnel) with redis://, or through unix://");
  }
  return refuseUrl("a Redis URL begins with redis:// or unix://");
}

}  // namespace ks
