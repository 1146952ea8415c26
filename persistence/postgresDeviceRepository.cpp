#include "persistence/postgresDeviceRepository.hpp"

#include <utility>

#include "core/eventRows.hpp"
#include "persistence/auditStatements.hpp"
#include "persistence/postgresPipeline.hpp"

namespace ks {
namespace {

// A repeated call finds the new binding and its own mail.
const SqlStatement kChangeSessionDevice{"device.change",
                                        R"sql(
WITH changed AS (
  UPDATE sessions SET device_hash = $3, aal = 1, device_changed_at = $4
  WHERE id = $1 AND revoked_at IS NULL
    AND (device_hash = $2 OR (device_hash = $3 AND EXISTS (SELECT FROM email_outbox WHERE id = $5)))
  RETURNING id
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $5, $6, $7, $8, $9, $4, $4 FROM changed ON CONFLICT DO NOTHING
), audit AS ()sql" KS_NOTE_AUDIT("$10", "changed") R"sql()
SELECT id FROM changed)sql",
                                        true};

const SqlStatement kNoteNewDevice{"device.new",
                                  R"sql(
WITH other AS (
  SELECT own.user_id FROM sessions own
  WHERE own.id = $2 AND own.user_id = $1
    AND EXISTS (SELECT FROM sessions s WHERE s.user_id = $1 AND s.id <> $2)
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = $1 AND s.id <> $2 AND s.device_hash = own.device_hash)
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $4, $5, $6, $7, $8, $3, $3 FROM other ON CONFLICT DO NOTHING
), audit AS ()sql" KS_NOTE_AUDIT("$9", "other") R"sql()
SELECT user_id FROM other)sql",
                                  true};

SqlParameters& addNotice(SqlParameters& parameters, const OutboxMail& mail, const AuditEvent& audit) {
  return parameters.uuid(mail.id)
      .text(mail.mailTemplate)
      .text(mail.locale)
      .bytea(mail.recipientSealed)
      .bytea(mail.payloadSealed)
      .jsonbOrNull(formatAuditJson(audit));
}

Reply<SqlRows> decodeAnyRow(const SqlStatement& statement, Reply<bool> reply) {
  return decodeRows<bool>(statement.name, std::move(reply),
                          [](const SqlRows& rows) { return !rows.empty(); });
}

}  // namespace

void PostgresDeviceRepository::changeSessionDevice(ChangeSessionDevice change, Reply<bool> reply) {
  SqlParameters parameters;
  parameters.uuid(change.sessionId).bytea(change.oldHash).bytea(change.newHash).time(change.now);
  addNotice(parameters, change.notice, change.audit);
  pipeline_.enqueue(kChangeSessionDevice, std::move(parameters),
                    decodeAnyRow(kChangeSessionDevice, std::move(reply)));
}

void PostgresDeviceRepository::noteNewDevice(NoteNewDevice note, Reply<bool> reply) {
  SqlParameters parameters;
  parameters.uuid(note.userId).uuid(note.sessionId).time(note.now);
  addNotice(parameters, note.notice, note.audit);
  pipeline_.enqueue(kNoteNewDevice, std::move(parameters), decodeAnyRow(kNoteNewDevice, std::move(reply)));
}

}  // namespace ks
