#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/clockInterface.hpp"
#include "core/result.hpp"

namespace ks {

/// Channels of the triggers of the migration "keys".
inline constexpr const char* kAccessChannel = "ks_access";
inline constexpr const char* kKeysChannel = "ks_keys";

/// Notifications of the database, in the order of their transactions.
struct DatabaseEvent {
  /// `gap`: listening has just begun, or begun again after a lost connection; earlier notifications did not
  /// come here.
  enum class Kind : std::uint8_t { notice, gap };
  Kind kind = Kind::notice;
  std::string channel;
  std::string payload;
};

/// Belongs to one thread.
class NoticeSubscriptionInterface {
 public:
  virtual ~NoticeSubscriptionInterface() = default;
  /// The next event, or nothing after `wait`. A fault (`dependencyUnavailable`: not listening) comes after at
  /// most `wait` too, so that a loop over it does not spin.
  virtual Result<std::optional<DatabaseEvent>> receive(Milliseconds wait) = 0;
};

}  // namespace ks
