#include "persistence/postgres/postgresStorageEngine.hpp"

#include <utility>

#include "persistence/postgres/storageCalls.hpp"

namespace ks {

SqlCall<PingStorage> sqlCall(const PingStorage&) { return {repeatable("SELECT 1"), {}, readDone}; }

PostgresStorageEngine::PostgresStorageEngine(PostgresConfig config) : pipeline_(std::move(config)) {}

template <class Op>
void PostgresStorageEngine::answer(const Op& operation, Reply<typename Op::Out> reply) {
  enqueueCall(pipeline_, operation, std::move(reply));
}

void PostgresStorageEngine::flush() { pipeline_.flush(); }
std::string PostgresStorageEngine::lastError() const { return pipeline_.status().lastError; }

// Other files see the declaration only.
#define KS_ANSWER(Op) template void PostgresStorageEngine::answer<Op>(const Op&, Reply<Op::Out>);
KS_STORAGE_OPERATIONS(KS_ANSWER)
#undef KS_ANSWER

}  // namespace ks
