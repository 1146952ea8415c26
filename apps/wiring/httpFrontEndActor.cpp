#include "apps/wiring/httpFrontEndActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"
#include "core/logging/logging.hpp"

namespace ks {

HttpFrontEndState::HttpFrontEndState(HttpFrontEndActor::pointer selfPointer,
                                     std::shared_ptr<ActorProbe> probe,
                                     std::shared_ptr<HttpListener> listener)
    : self(selfPointer), probe_(std::move(probe)), listener_(std::move(listener)) {}

HttpFrontEndState::~HttpFrontEndState() { listener_->close(); }

HttpFrontEndActor::behavior_type HttpFrontEndState::make_behavior() {
  compat::tell(self, HttpFrontEndActor{self}, TickAtom_v);
  return {guarded(self, probe_, [this](TickAtom) {
    if (auto opened = listener_->open(); !opened) {
      logFault("http.listener.notOpened", "A socket cannot be opened", opened.fault(),
               {{"actor", listener_->name()}, {"cause", opened.fault().message}});
      self->quit(toCafError(std::move(opened.fault())));
    }
  })};
}

}  // namespace ks
