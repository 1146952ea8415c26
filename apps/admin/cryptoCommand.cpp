#include "apps/admin/cryptoCommand.hpp"

#include <array>
#include <iostream>
#include <string>
#include <string_view>

#include "actors/runtime/sealContexts.hpp"
#include "apps/admin/keyedCommand.hpp"
#include "apps/wiring/runServer.hpp"
#include "core/uuid.hpp"
#include "crypto/fieldCipher.hpp"
#include "crypto/sodiumRandomSource.hpp"
#include "persistence/sql/sealedFieldStore.hpp"

namespace ks {
namespace {

constexpr std::int32_t kResealBatch = 200;
constexpr std::array<std::string_view, kSealedFields.size()> kFieldNames{
    "refresh keys of sessions",  "recipients of mails",
    "contents of mails",         "signing keys",
    "secrets of second factors", "sign-ins that wait for a code",
    "copies of personal data",   "secrets of webhooks",
    "old secrets of webhooks"};
constexpr std::array<std::string_view, kSealedFields.size()> kAuditNames{
    "refresh_keys",     "mail_recipients",      "mail_contents",   "signing_keys",       "factor_secrets",
    "challenge_states", "personal_data_copies", "webhook_secrets", "old_webhook_secrets"};

std::string contextOf(SealedField field, const std::string& id) {
  const auto uuid = Uuid::parse(id).value_or(Uuid{});
  switch (field) {
    case SealedField::refreshKey:
      return refreshKeyContext(uuid);
    case SealedField::mailRecipient:
      return mailRecipientContext(uuid);
    case SealedField::mailPayload:
      return mailPayloadContext(uuid);
    case SealedField::signingKey:
      return signingKeyContext(id);
    case SealedField::factorSecret:
      return factorSecretContext(uuid);
    case SealedField::challengeState:
      return challengeContext(uuid);
    case SealedField::exportContent:
      return exportContentContext(uuid);
    case SealedField::webhookSecret:
    case SealedField::oldWebhookSecret:
      return webhookSecretContext(uuid);
  }
  return {};
}

struct Rotation {
  SealedFieldStore& store;
  const FieldCipher& cipher;
  const std::string& keyId;

  /// One batch is one transaction. Returns the last id; empty: nothing was left.
  Result<std::string> reseal(SealedField field, const std::string& afterId, PostgresSession& session,
                             std::uint64_t& done, std::uint64_t& unreadable) const {
    if (auto begun = session.begin(); !begun) {
      return std::move(begun.fault());
    }
    auto values = store.underOtherKeys(field, keyId, afterId, kResealBatch);
    if (!values) {
      session.rollback();
      return std::move(values.fault());
    }
    for (const auto& value : values.value()) {
      const auto context = contextOf(field, value.id);
      const auto plain = cipher.open(value.sealed, context);
      if (!plain) {
        ++unreadable;
        std::cerr << "  " << value.id << ": " << plain.fault().detail << '\n';
        continue;
      }
      auto sealed = cipher.seal(plain.value().reveal(), context);
      auto replaced = sealed ? store.replace(field, value, sealed.value()) : Result<bool>{sealed.fault()};
      if (!replaced) {
        session.rollback();
        return std::move(replaced.fault());
      }
      done += replaced.value() ? 1 : 0;
    }
    // With an unknown outcome the values are under either key, and both open: the next run checks.
    if (session.commit() != CommitOutcome::committed) {
      return makeFault(ErrorCode::dependencyUnavailable,
                       "the batch was not committed: " + session.lastError());
    }
    return values.value().empty() ? std::string{} : values.value().back().id;
  }
};

struct FieldCount {
  std::uint64_t done = 0;
  std::uint64_t unreadable = 0;
};
using FieldCounts = std::array<FieldCount, kSealedFields.size()>;

int rotate(const Rotation& rotation, PostgresSession& session, FieldCounts& counts) {
  for (const auto field : kSealedFields) {
    const auto place = static_cast<std::size_t>(field);
    auto& count = counts.at(place);
    std::string after;
    do {
      auto reached = rotation.reseal(field, after, session, count.done, count.unreadable);
      if (!reached) {
        return refused("Stopped; finished batches are kept, and the same command continues from here",
                       reached.fault());
      }
      after = std::move(reached.value());
    } while (!after.empty());
    std::cout << kFieldNames.at(place) << ": " << count.done << " sealed again";
    if (count.unreadable > 0) {
      std::cout << ", " << count.unreadable << " could not be opened";
    }
    std::cout << '\n';
  }
  return 0;
}

/// Two entries of the audit trail: nothing is resealed before the first is stored, and the second has the
/// counts. A run that was killed, or lost its database, has only the first.
int rotateAudited(const Rotation& rotation, PostgresSession& session, RandomSourceInterface& random) {
  const SystemClock clock;
  UuidGenerator uuids{clock, random};
  const auto note = [&](const char* action, const char* reason, AuditFields after) {
    AuditEvent event;
    event.id = uuids.next();
    event.at = clock.now();
    event.actorType = "operator";
    event.action = action;
    event.outcome = std::string_view{reason}.empty() ? AuditOutcome::ok : AuditOutcome::fail;
    event.reason = reason;
    event.targetType = "key";
    event.targetId = rotation.keyId;
    event.after = std::move(after);
    return rotation.store.note(event);
  };
  if (auto noted = note("crypto.rotate.begin", "", {}); !noted) {
    return refused("The audit trail cannot be written; nothing was done", noted.fault());
  }
  FieldCounts counts;
  const int ended = rotate(rotation, session, counts);
  const char* reason = ended == 0 ? "" : "stopped";
  AuditFields fields;
  for (const auto field : kSealedFields) {
    const auto place = static_cast<std::size_t>(field);
    const std::string name{kAuditNames.at(place)};
    fields.emplace_back(name, counts.at(place).done);
    if (counts.at(place).unreadable > 0) {
      fields.emplace_back(name + "_unreadable", counts.at(place).unreadable);
      reason = ended == 0 ? "unreadable" : reason;
    }
  }
  auto noted = note("crypto.rotate", reason, std::move(fields));
  if (ended == 0 && !noted) {
    return refused("Everything is resealed, but the audit trail cannot be written", noted.fault());
  }
  return ended;
}

int printLeft(SealedFieldStore& store, const std::string& keyId) {
  std::int64_t left = 0;
  for (const auto field : kSealedFields) {
    const auto count = store.countUnderOtherKeys(field, keyId);
    if (!count) {
      return refused("The sealed values cannot be counted", count.fault());
    }
    left += count.value();
    std::cout << kFieldNames.at(static_cast<std::size_t>(field)) << ": " << count.value()
              << " under another key than " << keyId << '\n';
  }
  std::cout << (left == 0
                    ? "The other keys of K_CRYPTO_MASTER_KEYS open nothing any more except tokens that were "
                      "hashed under them (mail links, device bindings).\n"
                    : "kctl crypto rotate reseals them.\n");
  return left == 0 ? 0 : 1;
}

}  // namespace

int runCryptoCommand(int argc, char** argv) {
  const std::string_view command = argc == 3 ? argv[2] : "";
  if (command != "rotate" && command != "status") {
    std::cerr << "usage: k-admin crypto rotate | status\n"
                 "  rotate reseals under the first key of K_CRYPTO_MASTER_KEYS what is under another\n";
    return kExitUsage;
  }
  int status = 0;
  auto [keyring, config, session] = openKeyedCommand("k-admin crypto", status);
  if (status != 0) {
    return status;
  }
  if (!startCrypto()) {
    return refused("The cryptography cannot start", makeFault(ErrorCode::internal, "libsodium"));
  }
  SodiumRandomSource random;
  const FieldCipher cipher{keyring, random};
  const auto& keyId = keyring->primaryId();
  SealedFieldStore store{*session};
  if (command == "rotate") {
    if (const int ended = rotateAudited({store, cipher, keyId}, *session, random); ended != 0) {
      return ended;
    }
  }
  return printLeft(store, keyId);
}

}  // namespace ks
