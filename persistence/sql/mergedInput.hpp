#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "persistence/sql/sqlParameters.hpp"

// One statement for many runs of an operation: PostgreSQL starts a large statement and commits once for all of them.
namespace ks {

/// The WITH queries of a statement that does many runs: `input` has a row for each, with `columns` ("name type, …", as many
/// as a run has parameters) and `place`, counted from 1.
[[nodiscard]] std::string mergedInput(std::string_view columns);

/// The parameters of such a statement: an array for each column, and the places.
[[nodiscard]] SqlParameters mergedParameters(const std::vector<const SqlParameters*>& runs);

}  // namespace ks
