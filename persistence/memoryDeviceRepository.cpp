#include "persistence/memoryDeviceRepository.hpp"

#include <algorithm>

#include "persistence/memoryRules.hpp"

namespace ks {

void MemoryDeviceRepository::changeSessionDevice(ChangeSessionDevice change, Reply<bool> reply) {
  queue_.add<bool>(std::move(reply), [change = std::move(change)](MemoryDatabase& database) -> Result<bool> {
    const auto found = database.sessions.find(change.sessionId);
    if (found == database.sessions.end() || found->second.revokedAt) {
      return false;
    }
    auto& session = found->second.session;
    const bool repeated = session.deviceHash == change.newHash && database.mails.contains(change.notice.id);
    if (session.deviceHash != change.oldHash && !repeated) {
      return false;
    }
    session.deviceHash = change.newHash;
    session.assuranceLevel = 1;
    found->second.deviceChangedAt = change.now;
    memoryRules::storeMail(database, change.notice, change.now);
    memoryRules::noteAudit(database, change.audit);
    database.notices.access(session.userId, {});
    return true;
  });
}

void MemoryDeviceRepository::noteNewDevice(NoteNewDevice note, Reply<bool> reply) {
  queue_.add<bool>(std::move(reply), [note = std::move(note)](MemoryDatabase& database) -> Result<bool> {
    const auto own = database.sessions.find(note.sessionId);
    bool another = false;
    bool sameDevice = own == database.sessions.end();
    for (const auto& [id, record] : database.sessions) {
      if (record.session.userId == note.userId && id != note.sessionId && !sameDevice) {
        another = true;
        sameDevice = record.session.deviceHash == own->second.session.deviceHash;
      }
    }
    another = another && !sameDevice;
    if (another) {
      memoryRules::storeMail(database, note.notice, note.now);
      memoryRules::noteAudit(database, note.audit);
    }
    return another;
  });
}

}  // namespace ks
