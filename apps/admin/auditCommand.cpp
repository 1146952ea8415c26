#include "apps/admin/auditCommand.hpp"

#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include "apps/admin/keyedCommand.hpp"
#include "apps/wiring/runServer.hpp"
#include "core/uuid.hpp"
#include "crypto/auditSealer.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "persistence/postgres/monitoring/postgresEventRepository.hpp"
#include "persistence/sql/auditSealing.hpp"
#include "persistence/sql/auditVerification.hpp"

namespace ks {
namespace {

using SealerPtr = std::shared_ptr<const AuditSealerInterface>;

Result<AuditStep> walk(PostgresSession& session, const AuditSealerInterface& sealer) {
  VerifyAudit query;
  AuditStep whole;
  do {
    auto rows = session.connectAndExec(
        kVerifyAudit, SqlParameters().int8(query.fromSeq).int8(static_cast<std::int64_t>(query.most)));
    if (!rows) {
      return std::move(rows.fault());
    }
    const auto checked = whole.checked;
    whole = verifyAuditRows(rows.value(), query, sealer);
    whole.checked += checked;
    query.fromSeq = whole.nextSeq.value_or(0);
  } while (whole.nextSeq);
  return whole;
}

int verify(PostgresSession& session, const AuditSealerInterface& sealer) {
  const auto found = walk(session, sealer);
  if (!found) {
    return refused("The audit trail cannot be read", found.fault());
  }
  const auto& step = found.value();
  std::cout << step.checked << " entries are as they were written; sealed up to " << step.sealedToSeq;
  if (step.sealedFromSeq > 1) {
    std::cout << ", those before " << step.sealedFromSeq << " were made before the seal";
  }
  std::cout << '\n';
  if (step.brokenSeq) {
    std::cout << "Entry " << *step.brokenSeq << " is not: " << step.reason << '\n';
  }
  return step.brokenSeq ? 1 : 0;
}

AuditEvent sealEvent(RandomSourceInterface& random, const std::string& keyId) {
  const SystemClock clock;
  UuidGenerator uuids{clock, random};
  AuditEvent event;
  event.id = uuids.next();
  event.at = clock.now();
  event.actorType = "operator";
  event.action = "audit.seal";
  event.targetType = "key";
  event.targetId = keyId;
  return event;
}

int seal(PostgresSession& session, const PostgresConfig& config, const SealerPtr& sealer,
         const std::string& keyId) {
  if (const int found = verify(session, *sealer); found > 1) {
    return found;
  }
  if (auto begun = AuditSealing{session, sealer}.begin(); !begun) {
    return refused("The audit chain was not sealed", begun.fault());
  }
  SodiumRandomSource random;
  PostgresEventRepository events{config, sealer};
  EventInbox::Batch batch;
  batch.audit.push_back(sealEvent(random, keyId));
  if (auto noted = events.store("admin", batch); !noted) {
    return refused("The chain is sealed from its first entry, but the audit trail cannot be written",
                   noted.fault());
  }
  for (bool more = true; more;) {
    auto chained = events.chainAudit();
    if (!chained) {
      return refused("Sealing was interrupted; the servers continue it", chained.fault());
    }
    more = chained.value();
  }
  std::cout << "The chain is resealed under the key " << keyId << ":\n";
  return verify(session, *sealer);
}

}  // namespace

int runAuditCommand(int argc, char** argv) {
  const std::string_view command = argc == 3 ? argv[2] : "";
  if (command != "verify" && command != "seal") {
    std::cerr << "usage: k-admin audit verify | seal\n"
                 "  verify walks the whole chain; seal accepts the chain as it is from now on\n";
    return kExitUsage;
  }
  int status = 0;
  auto [keyring, config, session] = openKeyedCommand("k-admin audit", status);
  if (status != 0) {
    return status;
  }
  const auto sealer = std::make_shared<const AuditSealer>(keyring);
  return command == "verify" ? verify(*session, *sealer)
                             : seal(*session, config, sealer, keyring->primaryId());
}

}  // namespace ks
