#include "persistence/sql/sqlParameters.hpp"

namespace ks {

SqlParameters& SqlParameters::null(SqlType type) {
  entries_.push_back({type, buffer_.size(), 0, true});
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
