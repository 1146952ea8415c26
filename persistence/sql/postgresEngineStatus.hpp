#pragma once
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

inline StorageEngineStatus engineStatusOf(const PostgresPipeline& pipeline) {
  const auto status = pipeline.status();
  return {status.connected, status.statements, status.failures, status.reconnects, status.lastError};
}

}  // namespace ks
