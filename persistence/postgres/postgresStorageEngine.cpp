#include "persistence/postgres/postgresStorageEngine.hpp"

#include <utility>

#include "persistence/postgres/storageCalls.hpp"

namespace ks {

SqlCall<PingStorage> sqlCall(const PingStorage&) { return {repeatable("SELECT 1"), {}, readDone}; }

PostgresStorageEngine::PostgresStorageEngine(PostgresConfig config) : pipeline_(std::move(config)) {}

template <class Op>
void PostgresStorageEngine::answer(const Op& operation, Reply<typename Op::Out> reply) {
  if constexpr (kMerged<Op>) {
    std::get<MergedCalls<Op>>(merged_).add(operation, std::move(reply));
  } else {
    enqueueCall(pipeline_, operation, std::move(reply));
  }
}

void PostgresStorageEngine::flush() {
  std::apply([this](auto&... calls) { (calls.enqueueAll(pipeline_), ...); }, merged_);
  pipeline_.flush();
  pipeline_.flush();  // what was refused together runs alone
}
std::string PostgresStorageEngine::lastError() const { return pipeline_.status().lastError; }

// Other files see the declaration only.
#define KS_ANSWER(Op) template void PostgresStorageEngine::answer<Op>(const Op&, Reply<Op::Out>);
KS_STORAGE_OPERATIONS(KS_ANSWER)
#undef KS_ANSWER

}  // namespace ks
