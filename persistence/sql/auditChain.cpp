#include "persistence/sql/auditChain.hpp"

namespace ks {

ChainState readChainState(const SqlRow& row) {
  ChainState state;
  state.ends = {row.int64(0), row.bytea(1), row.int64(2), row.int64(3), row.bytea(4)};
  state.seal = {row.textOrEmpty(5), row.byteaOrEmpty(6)};
  state.headSeq = row.int64(7);
  state.headHash = row.bytea(8);
  return state;
}

std::optional<ChainedRow> readChainedRow(const SqlRow& row, int column) {
  if (row.isNull(column)) {
    return std::nullopt;
  }
  return ChainedRow{row.int64(column), row.bytea(column + 1), row.bytea(column + 2), row.text(column + 3)};
}

}  // namespace ks
