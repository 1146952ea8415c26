#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/clockInterface.hpp"
#include "core/result.hpp"

namespace ks {

struct RedisEvent {
  /// `gap`: the subscription has just begun, or begun again after a lost connection; what was published
  /// before was not received, so listeners must read the state again.
  enum class Kind : std::uint8_t { message, gap };
  Kind kind = Kind::message;
  std::string channel;
  std::string payload;
};

/// Listens on channels. Belongs to one thread.
class RedisSubscriptionInterface {
 public:
  virtual ~RedisSubscriptionInterface() = default;
  /// The next event, or nothing after `wait`. A fault (`dependencyUnavailable`) comes after at most `wait`
  /// too, so a loop over it does not spin.
  virtual Result<std::optional<RedisEvent>> receive(Milliseconds wait) = 0;
};

}  // namespace ks
