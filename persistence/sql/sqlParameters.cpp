#include "persistence/sql/sqlParameters.hpp"

#include <algorithm>
#include <stdexcept>

namespace ks {
namespace {

SqlType arrayOf(SqlType element) {
  switch (element) {
    case SqlType::boolean:
      return SqlType::booleanArray;
    case SqlType::bytea:
      return SqlType::byteaArray;
    case SqlType::int8:
      return SqlType::int8Array;
    case SqlType::int4:
      return SqlType::int4Array;
    case SqlType::text:
      return SqlType::textArray;
    case SqlType::timestamptz:
      return SqlType::timestamptzArray;
    case SqlType::uuid:
      return SqlType::uuidArray;
    case SqlType::jsonb:
      return SqlType::jsonbArray;
    default:
      throw std::logic_error("no array of this type can be bound");
  }
}

}  // namespace

SqlParameters& SqlParameters::null(SqlType type) {
  entries_.push_back({type, buffer_.size(), 0, true});
  return *this;
}

SqlParameters& SqlParameters::column(const std::vector<const SqlParameters*>& runs, int column) {
  const auto place = static_cast<std::size_t>(column);
  const SqlType element = runs.front()->entries_.at(place).type;
  const auto isNull = [place](const SqlParameters* run) { return run->entries_.at(place).isNull; };
  auto& out = open(arrayOf(element));
  sqlEncoding::appendInt32(out, 1);  // dimensions
  sqlEncoding::appendInt32(out, std::any_of(runs.begin(), runs.end(), isNull) ? 1 : 0);
  sqlEncoding::appendInt32(out, static_cast<std::int32_t>(element));
  sqlEncoding::appendInt32(out, static_cast<std::int32_t>(runs.size()));
  sqlEncoding::appendInt32(out, 1);  // lower bound
  for (const auto* run : runs) {
    const auto& entry = run->entries_.at(place);
    if (entry.type != element) {
      throw std::logic_error("the runs of a statement bind parameter " + std::to_string(column + 1) +
                             " differently");
    }
    sqlEncoding::appendInt32(out, entry.isNull ? -1 : static_cast<std::int32_t>(entry.length));
    out.append(run->buffer_, entry.offset, entry.length);
  }
  close();
  return *this;
}

std::string& SqlParameters::open(SqlType type) {
  entries_.push_back({type, buffer_.size(), 0, false});
  return buffer_;
}

void SqlParameters::close() { entries_.back().length = buffer_.size() - entries_.back().offset; }

SqlParameters::Bound SqlParameters::bound() const {
  Bound bound;
  bound.types.reserve(entries_.size());
  bound.values.reserve(entries_.size());
  bound.lengths.reserve(entries_.size());
  bound.formats.assign(entries_.size(), 1);
  for (const auto& entry : entries_) {
    bound.types.push_back(static_cast<std::uint32_t>(entry.type));
    bound.values.push_back(entry.isNull ? nullptr : buffer_.data() + entry.offset);
    bound.lengths.push_back(static_cast<int>(entry.length));
  }
  return bound;
}

}  // namespace ks
