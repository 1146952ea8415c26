#pragma once
#include "persistence/memory/memoryDatabase.hpp"
#include "persistence/storageOperations.hpp"

// Each does what the operation's SQL does; the database's lock is held. Defined in *Operations.cpp.
namespace ks {

#define KS_DECLARE_CALL(Op) Result<Op::Out> runInMemory(MemoryDatabase& database, const Op& operation);
KS_STORAGE_OPERATIONS(KS_DECLARE_CALL)
#undef KS_DECLARE_CALL

}  // namespace ks
