#pragma once
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "apps/wiring/httpListener.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// Owns one listener of the HTTP front end: opens it when it is allowed to, closes it when it ends.
using HttpFrontEndActor = caf::typed_actor<
    // Opens the listener unless it is open. One that cannot be opened ends the actor.
    caf::result<void>(TickAtom)>;

/// See HttpFrontEndActor. Closing waits for what is in flight: on a thread of its own.
struct HttpFrontEndState {
  HttpFrontEndState(HttpFrontEndActor::pointer self, std::shared_ptr<ActorProbe> probe,
                    std::shared_ptr<HttpListener> listener);
  ~HttpFrontEndState();
  HttpFrontEndState(const HttpFrontEndState&) = delete;
  HttpFrontEndState& operator=(const HttpFrontEndState&) = delete;
  HttpFrontEndActor::behavior_type make_behavior();

  HttpFrontEndActor::pointer self;

 private:
  std::shared_ptr<ActorProbe> probe_;
  std::shared_ptr<HttpListener> listener_;
};

}  // namespace ks
