#include "actors/account/deviceNotice.hpp"

#include <tuple>
#include <utility>

#include "actors/mail/mailComposition.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"

namespace ks {

void noteNewDevice(const AuthDependencies& dependencies, const RequestContext& context,
                   const FreshSession& fresh) {
  const auto& [user, session] = std::tie(fresh.record.user, fresh.record.session);
  if (knownDevice(*dependencies.crypto, context.client, user)) {
    return;
  }
  auto notice = composeMail(dependencies.environment.uuids, *dependencies.crypto, "newDevice", user.locale,
                            user.email, mailPayload({{"device", session.deviceName}, {"ip", session.ip}}));
  if (!notice.ok()) {
    logFault("auth.device.notTold", "The mail about a new device cannot be made", notice.fault());
    return;
  }
  NoteNewDevice note{user.id, session.id, std::move(notice.value()), session.createdAt, {}};
  note.audit = auditOfUser(dependencies.environment, context, "auth.device.new", user.id);
  note.audit.sessionId = session.id;
  auto unbounded = context;
  unbounded.deadline = {};  // the sign-in is done: its owner is informed however late it is
  compat::tellAnon(dependencies.storage.pick(), storageJob(unbounded, std::move(note)));
}

}  // namespace ks
