#include "persistence/sql/auditSealing.hpp"

#include <algorithm>
#include <utility>

#include "core/invariant.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr std::int32_t kSealStep = 500;
/// Another process may move the seal meanwhile, and then it is read again.
constexpr int kRetainAttempts = 20;

const SqlStatement kUnsealed{"audit.unsealed",
                             "SELECT " KS_CHAIN_COLUMNS ", " KS_CHAINED_ROW_COLUMNS
                             " FROM audit_chain c LEFT JOIN LATERAL (SELECT * FROM audit_log WHERE seq > "
                             "c.sealed_seq ORDER BY seq LIMIT $1) r ON true ORDER BY r.seq"};
const SqlStatement kChain{"audit.chain", "SELECT " KS_CHAIN_COLUMNS " FROM audit_chain c"};
// $1, $2 the seal that was read; then what it becomes.
const SqlStatement kMoveSeal{"audit.seal", "SELECT audit_seal($1, $2, $3, $4, $5, $6, $7)"};
const SqlStatement kOldest{
    "audit.oldest",
    "SELECT " KS_CHAIN_COLUMNS
    ", o.seq, o.hash FROM audit_chain c LEFT JOIN LATERAL (SELECT seq, hash FROM (SELECT seq, hash FROM "
    "audit_log ORDER BY seq LIMIT "
    "$2) oldest WHERE seq < coalesce((SELECT min(seq) FROM (SELECT seq, at FROM audit_log ORDER BY seq LIMIT "
    "$2) kept WHERE at >= least($1, clock_timestamp() - make_interval(days => c.keep_days))), c.head_seq + "
    "1) ORDER BY seq DESC LIMIT 1) o ON true"};
// $1 the last row that goes, $2, $3 the seal that was read, $4, $5 what it becomes. -1: it was another one.
const SqlStatement kRetain{"audit.retain", "SELECT audit_retain($1, $2, $3, $4, $5)"};

}  // namespace

std::string AuditSealing::faultOf(const ChainState& chain) const {
  switch (sealer_->check(chain.ends, chain.seal)) {
    case SealCheck::missing:
      return "the audit chain has no seal";
    case SealCheck::unknownKey:
      return "the audit chain is sealed under the key " + chain.seal.keyId +
             ", which is not among the master keys";
    case SealCheck::wrong:
      return "the seal of the audit chain is not ours";
    case SealCheck::good:
      break;
  }
  return chain.ends.sealedSeq < highest_
             ? "the audit chain was sealed up to entry " + std::to_string(highest_) + " and is now up to " +
                   std::to_string(chain.ends.sealedSeq)
             : std::string{};
}

void AuditSealing::complain(const std::string& cause) {
  if (complaint_ != cause) {
    complaint_ = cause;
    logLine(LogLevel::error, LogType::security, "audit.chain.untrue",
            "The audit trail is not as the servers wrote it; kctl audit verify says where",
            {{"cause", cause}});
  }
}

Result<bool> AuditSealing::next() {
  auto rows = session_.exec(kUnsealed, SqlParameters().int4(kSealStep));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  const auto chain = readChainState(rows.value().row(0));
  if (const auto fault = faultOf(chain); !fault.empty()) {
    complain(fault);
    return false;
  }
  highest_ = chain.ends.sealedSeq;
  AuditChainEnds ends = chain.ends;
  for (const auto stored : rows.value()) {
    auto row = readChainedRow(stored, KS_CHAIN_COLUMN_COUNT);
    if (!row) {
      return false;
    }
    if (row->seq != ends.sealedSeq + 1 || row->prevHash != ends.sealedHash || !row->isAsHashed(*sealer_)) {
      complain("entry " + std::to_string(ends.sealedSeq + 1) + " is not as it was written");
      return false;
    }
    ends.sealedSeq = row->seq;
    ends.sealedHash = std::move(row->hash);
  }
  ensure(ends.sealedSeq >= chain.ends.sealedSeq, "the seal of the audit chain never goes back");
  ensure(ends.firstSeq <= ends.sealedSeq + 1 && ends.sealedHash.size() == chain.ends.sealedHash.size(),
         "the seal of the audit chain lies within the chain");
  auto moved = move(chain, ends);
  if (!moved.ok()) {
    return moved;
  }
  if (moved.value()) {
    highest_ = ends.sealedSeq;
    complaint_.clear();
  }
  return !moved.value() || rows.value().size() == kSealStep;
}

Result<bool> AuditSealing::move(const ChainState& from, const AuditChainEnds& to) {
  const auto seal = sealer_->seal(to);
  auto moved = session_.exec(kMoveSeal, SqlParameters()
                                            .int8(from.ends.sealedSeq)
                                            .byteaOrNull(from.seal.mac)
                                            .int8(to.sealedFrom)
                                            .int8(to.sealedSeq)
                                            .bytea(to.sealedHash)
                                            .text(seal.keyId)
                                            .bytea(seal.mac));
  if (!moved.ok()) {
    return std::move(moved.fault());
  }
  return moved.value().row(0).boolean(0);
}

Result<Done> AuditSealing::begin() {
  auto rows = session_.exec(kChain);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  const auto chain = readChainState(rows.value().row(0));
  const AuditChainEnds ends{chain.ends.firstSeq, chain.ends.firstPrevHash, chain.headSeq + 1,
                            chain.ends.firstSeq - 1, chain.ends.firstPrevHash};
  auto moved = move(chain, ends);
  if (!moved.ok()) {
    return std::move(moved.fault());
  }
  if (!moved.value()) {
    return makeFault(ErrorCode::conflict, "another process has sealed the audit chain meanwhile");
  }
  highest_ = ends.sealedSeq;
  return Done{};
}

Result<std::int64_t> AuditSealing::retain(TimePoint before, std::int32_t most) {
  for (int attempt = 0; attempt < kRetainAttempts; ++attempt) {
    auto rows = session_.exec(kOldest, SqlParameters().time(before).int4(most));
    if (!rows.ok()) {
      return std::move(rows.fault());
    }
    const auto row = rows.value().row(0);
    const auto last = row.optionalInt64(KS_CHAIN_COLUMN_COUNT);
    if (!last) {
      return std::int64_t{0};
    }
    const auto chain = readChainState(row);
    // The seal of a foreign chain is not changed, so it shows the mismatch.
    AuditSeal seal = chain.seal;
    if (sealer_->check(chain.ends, chain.seal) == SealCheck::good) {
      if (*last > chain.ends.sealedSeq) {
        return std::int64_t{0};  // the seal must reach it first
      }
      AuditChainEnds ends = chain.ends;
      ends.firstSeq = *last + 1;
      ends.firstPrevHash = row.bytea(KS_CHAIN_COLUMN_COUNT + 1);
      seal = sealer_->seal(ends);
    }
    auto gone = session_.exec(kRetain, SqlParameters()
                                           .int8(*last)
                                           .int8(chain.ends.sealedSeq)
                                           .byteaOrNull(chain.seal.mac)
                                           .textOrNull(seal.keyId)
                                           .byteaOrNull(seal.mac));
    if (!gone.ok()) {
      return std::move(gone.fault());
    }
    if (const auto count = gone.value().row(0).int64(0); count >= 0) {
      return count;
    }
  }
  return makeFault(ErrorCode::conflict, "the audit chain's seal moves faster than retention can follow");
}

}  // namespace ks
