#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/logging/eventInbox.hpp"
#include "core/result.hpp"

namespace ks {

/// Storage of the log collector's events. Blocking, within the database timeout; belongs to one thread.
class EventRepositoryInterface {
 public:
  virtual ~EventRepositoryInterface() = default;

  /// All of the batch or nothing; the same batch again is stored once. `internal`: the database takes
  /// something of it not.
  virtual Result<Done> store(const std::string& process, const EventInbox::Batch& batch) = 0;
  /// Puts waiting audit events, of whatever process, into the chain and moves the chain's seal on: true when
  /// there may be more.
  virtual Result<bool> chainAudit() = 0;
};

using EventRepositoryFactory = std::function<std::unique_ptr<EventRepositoryInterface>()>;

}  // namespace ks
