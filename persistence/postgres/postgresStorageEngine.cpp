#include "persistence/postgres/postgresStorageEngine.hpp"

#include <utility>

namespace ks {
namespace {
const SqlStatement kPing{"storage.ping", "SELECT 1", true};
}

PostgresStorageEngine::PostgresStorageEngine(PostgresConfig config) : pipeline_(std::move(config)) {}

void PostgresStorageEngine::ping(Reply<Done> reply) {
  pipeline_.enqueue(kPing, {},
                    decodeRows<Done>(kPing.name, std::move(reply), [](const SqlRows&) { return Done{}; }));
}

}  // namespace ks
