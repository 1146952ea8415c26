#pragma once
#include <memory>
#include <string>

#include "actors/runtime/actorDirectory.hpp"
#include "core/logging/eventInbox.hpp"
#include "core/logging/refusalTrail.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/eventRepositoryInterface.hpp"

namespace ks {

struct LogCollectorDependencies {
  std::string process;  ///< public or admin
  std::shared_ptr<EventInbox> events;
  std::shared_ptr<RefusalTrail> refusals;
  EventRepositoryFactory makeRepository;
};

/// Stores waiting events, then chains the audit events that wait in the database. A batch that the database
/// refuses is stored event by event, and an event that it still refuses goes to the log and is given up, so
/// one event that was not expected does not block all others permanently.
Result<Done> storeEvents(EventInbox& events, EventRepositoryInterface& repository,
                         const std::string& process);

/// See LogCollectorActor. Every half second, and at once when a whole batch waits; on its own thread.
/// While the database is unavailable the inbox keeps the events.
struct LogCollectorState {
  LogCollectorState(LogCollectorActor::pointer self, std::shared_ptr<ActorProbe> probe,
                    LogCollectorDependencies dependencies);
  ~LogCollectorState();
  LogCollectorActor::behavior_type make_behavior();

  LogCollectorActor::pointer self;

 private:
  void work();

  std::shared_ptr<ActorProbe> probe_;
  LogCollectorDependencies deps_;
  std::unique_ptr<EventRepositoryInterface> repository_;
  bool away_ = false;
  std::uint64_t toldDropped_ = 0;
  std::uint64_t toldRefused_ = 0;
};

}  // namespace ks
