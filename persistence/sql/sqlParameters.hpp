#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "persistence/sql/sqlValueWriter.hpp"

namespace ks {

/// The bound parameters of one run of a statement, in order:
/// `SqlParameters().uuid(id).text(email).time(now)`.
class SqlParameters final : public SqlValueWriter<SqlParameters> {
 public:
  SqlParameters& null(SqlType type);
  /// An array of what parameter `column` is in each of `runs`. Throws std::logic_error if they do not agree on its type.
  SqlParameters& column(const std::vector<const SqlParameters*>& runs, int column);

  [[nodiscard]] int count() const noexcept { return static_cast<int>(entries_.size()); }
  [[nodiscard]] std::size_t bytes() const noexcept { return buffer_.size(); }

  /// Arguments for libpq; valid while this object is not changed.
  struct Bound {
    std::vector<std::uint32_t> types;
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
  };
  [[nodiscard]] Bound bound() const;

 private:
  friend class SqlValueWriter<SqlParameters>;
  struct Entry {
    SqlType type;
    std::size_t offset;
    std::size_t length;
    bool isNull;
  };
  std::string& open(SqlType type);
  void close();

  std::string buffer_;
  std::vector<Entry> entries_;
};

}  // namespace ks
