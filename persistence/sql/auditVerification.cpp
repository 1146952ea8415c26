#include "persistence/sql/auditVerification.hpp"

#include <algorithm>

#include "persistence/sql/auditChain.hpp"

namespace ks {
namespace {

constexpr int kHashBefore = KS_CHAIN_COLUMN_COUNT;
constexpr int kLowestSeq = kHashBefore + 1;
constexpr int kChainedRow = kLowestSeq + 1;

AuditStep broken(AuditStep step, std::int64_t seq, const char* reason) {
  step.nextSeq.reset();
  step.brokenSeq = seq;
  step.reason = reason;
  return step;
}

const char* faultOf(SealCheck check) {
  switch (check) {
    case SealCheck::missing:
      return "unsealed";
    case SealCheck::unknownKey:
      return "unknown_key";
    case SealCheck::wrong:
      return "rebuilt";
    case SealCheck::good:
      break;
  }
  return nullptr;
}

/// `last`: the row that the walk ended at, with its hash.
AuditStep checkEnd(AuditStep step, const ChainState& chain, std::int64_t last, const Bytes& hash,
                   const AuditSealerInterface& sealer) {
  if (last != chain.headSeq) {
    return broken(std::move(step), last + 1, "missing");
  }
  if (hash != chain.headHash) {
    return broken(std::move(step), last, "altered");
  }
  if (const auto* const fault = faultOf(sealer.check(chain.ends, chain.seal))) {
    return broken(std::move(step), std::max(chain.ends.sealedSeq, chain.ends.firstSeq), fault);
  }
  if (last < chain.ends.sealedSeq) {
    return broken(std::move(step), last + 1, "missing");
  }
  return step;
}

}  // namespace

const SqlStatement kVerifyAudit{
    "events.verifyAudit",
    "SELECT " KS_CHAIN_COLUMNS ", b.hash, (SELECT min(seq) FROM audit_log), " KS_CHAINED_ROW_COLUMNS
    " FROM audit_chain c LEFT JOIN audit_log b ON b.seq = greatest($1::int8, c.first_seq) - 1 "
    "LEFT JOIN LATERAL (SELECT * FROM audit_log WHERE seq >= greatest($1::int8, c.first_seq) ORDER BY seq "
    "LIMIT $2::int8) r ON true ORDER BY r.seq",
    true};

AuditStep verifyAuditRows(const SqlRows& rows, const VerifyAudit& query, const AuditSealerInterface& sealer) {
  const auto top = rows.row(0);
  const auto chain = readChainState(top);
  AuditStep step;
  step.sealedFromSeq = chain.ends.sealedFrom;
  step.sealedToSeq = chain.ends.sealedSeq;
  auto expected = std::max(query.fromSeq, chain.ends.firstSeq);
  Bytes before = chain.ends.firstPrevHash;
  if (expected == chain.ends.firstSeq) {
    if (const auto lowest = top.optionalInt64(kLowestSeq); lowest && *lowest < expected) {
      return broken(std::move(step), *lowest, "inserted");
    }
  } else if (top.isNull(kHashBefore)) {
    return broken(std::move(step), expected - 1, "missing");
  } else {
    before = top.bytea(kHashBefore);
  }
  for (const auto stored : rows) {
    auto row = readChainedRow(stored, kChainedRow);
    if (!row) {
      break;
    }
    if (row->seq > chain.headSeq) {
      return broken(std::move(step), chain.headSeq + 1, "inserted");
    }
    if (row->seq != expected) {
      return broken(std::move(step), std::min(row->seq, expected),
                    row->seq > expected ? "missing" : "inserted");
    }
    if (row->prevHash != before) {
      return broken(std::move(step), row->seq, "unlinked");
    }
    if (!row->isAsHashed(sealer)) {
      return broken(std::move(step), row->seq, "altered");
    }
    if (row->seq == chain.ends.sealedSeq && row->hash != chain.ends.sealedHash) {
      return broken(std::move(step), row->seq, "rebuilt");
    }
    ++step.checked;
    ++expected;
    before = std::move(row->hash);
  }
  if (step.checked == static_cast<std::int64_t>(query.most)) {
    step.nextSeq = expected;
    return step;
  }
  return checkEnd(std::move(step), chain, expected - 1, before, sealer);
}

}  // namespace ks
