#include "persistence/postgres/postgresMonitoringEngine.hpp"

#include <utility>

#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/sql/auditVerification.hpp"

namespace ks {
namespace {

void verifyAudit(PostgresPipeline& pipeline, const VerifyAudit& query,
                 std::shared_ptr<const AuditSealerInterface> sealer, Reply<AuditStep> reply) {
  pipeline.enqueue(kVerifyAudit,
                   std::move(SqlParameters().int8(query.fromSeq).int8(static_cast<std::int64_t>(query.most))),
                   decodeRows<AuditStep>(kVerifyAudit.name, std::move(reply),
                                         [query, sealer = std::move(sealer)](const SqlRows& rows) {
                                           return verifyAuditRows(rows, query, *sealer);
                                         }));
}

template <class Op>
concept TakesSeveralStatements = requires(PostgresPipeline& pipeline, Op operation,
                                          Reply<typename Op::Out> reply) {
  runStatements(pipeline, operation, reply);
};

}  // namespace

PostgresMonitoringEngine::PostgresMonitoringEngine(PostgresConfig config,
                                                   std::shared_ptr<const AuditSealerInterface> sealer)
    : pipeline_(std::move(config)), sealer_(std::move(sealer)) {}

template <class Op>
void PostgresMonitoringEngine::answer(Op operation, Reply<typename Op::Out> reply) {
  if constexpr (std::is_same_v<Op, VerifyAudit>) {
    verifyAudit(pipeline_, operation, sealer_, std::move(reply));
  } else if constexpr (TakesSeveralStatements<Op>) {
    runStatements(pipeline_, std::move(operation), std::move(reply));
  } else {
    enqueueCall(pipeline_, operation, std::move(reply));
  }
}

void PostgresMonitoringEngine::flush() { pipeline_.flush(); }
std::string PostgresMonitoringEngine::lastError() const { return pipeline_.status().lastError; }

// Other files see the declaration only.
#define KS_ANSWER(Op) template void PostgresMonitoringEngine::answer<Op>(Op, Reply<Op::Out>);
KS_MONITORING_OPERATIONS(KS_ANSWER)
#undef KS_ANSWER

}  // namespace ks
