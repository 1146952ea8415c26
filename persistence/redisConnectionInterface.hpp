#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace ks {

/// A command and its arguments, byte-safe.
using RedisCommand = std::vector<std::string>;

/// One answer of Redis.
struct RedisValue {
  enum class Kind : std::uint8_t { nil, text, integer, array, error };
  Kind kind = Kind::nil;
  std::string text;  ///< also a status ("OK") and an error's message
  std::int64_t integer = 0;
  std::vector<RedisValue> elements;

  [[nodiscard]] bool isNil() const noexcept { return kind == Kind::nil; }
  [[nodiscard]] bool isError() const noexcept { return kind == Kind::error; }

  static RedisValue ofText(std::string text) { return {Kind::text, std::move(text), 0, {}}; }
  static RedisValue ofInteger(std::int64_t value) { return {Kind::integer, {}, value, {}}; }
  static RedisValue ofArray(std::vector<RedisValue> elements) {
    return {Kind::array, {}, 0, std::move(elements)};
  }
  static RedisValue ofError(std::string message) { return {Kind::error, std::move(message), 0, {}}; }
};

struct RedisStatus {
  bool connected = false;
  std::uint64_t commands = 0;
  std::uint64_t failures = 0;
  std::uint64_t reconnects = 0;
  std::string lastError;
};

/// Runs commands on Redis. Belongs to one thread.
class RedisConnectionInterface {
 public:
  /// Commands that one run() takes; more is `overloaded`.
  static constexpr std::size_t kMostCommands = 10'000;

  virtual ~RedisConnectionInterface() = default;

  /// Sends all commands at once and gives their answers in order; a command's own error is a value of kind
  /// `error`. A fault
  /// (`dependencyUnavailable`, `timeout`, `overloaded`): some may have been done, none is repeated.
  virtual Result<std::vector<RedisValue>> run(const std::vector<RedisCommand>& commands) = 0;
  [[nodiscard]] virtual RedisStatus status() const = 0;

  /// One command; its own error becomes a fault.
  Result<RedisValue> runOne(RedisCommand command) {
    auto values = run({std::move(command)});
    if (!values.ok()) {
      return std::move(values.fault());
    }
    if (values.value().front().isError()) {
      return makeFault(ErrorCode::internal, "Redis: " + values.value().front().text);
    }
    return std::move(values.value().front());
  }
};

using RedisConnectionFactory = std::function<std::unique_ptr<RedisConnectionInterface>()>;

}  // namespace ks
