#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/sql/sqlValueWriter.hpp"

namespace ks {

/// Rows in the format of COPY … FROM STDIN (FORMAT binary). Call row(), then write exactly that many fields;
/// the fields' types must be the columns' types. finish() once at the end.
class CopyBuffer final : public SqlValueWriter<CopyBuffer> {
 public:
  CopyBuffer() { clear(); }
  void clear();
  CopyBuffer& row(std::int16_t fields);
  CopyBuffer& null(SqlType type);
  /// Appends the trailer. What is returned is valid until the next change.
  std::string_view finish();
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return buffer_.size(); }

 private:
  friend class SqlValueWriter<CopyBuffer>;
  std::string& open(SqlType type);
  void close();

  std::string buffer_;
  std::size_t lengthAt_ = 0;
  std::size_t rows_ = 0;
};

}  // namespace ks
