#pragma once
#include "persistence/postgres/sqlCall.hpp"
#include "persistence/storageOperations.hpp"

// Each is defined with its SQL in account/*Operations.cpp.
namespace ks {

#define KS_DECLARE_CALL(Op) SqlCall<Op> sqlCall(const Op& operation);
KS_STORAGE_OPERATIONS(KS_DECLARE_CALL)
#undef KS_DECLARE_CALL

}  // namespace ks
