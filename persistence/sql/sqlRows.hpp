#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"

struct pg_result;

namespace ks {

/// A column was read that is not there, is NULL, or has another type: a programming error in a repository.
class SqlReadError final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One row of a result; a view, valid while its SqlRows lives. Columns count from 0. Every reader throws
/// SqlReadError when the column is missing, NULL (but for those that say otherwise) or of another type.
class SqlRow {
 public:
  SqlRow(const pg_result* result, int row) : result_(result), row_(row) {}

  [[nodiscard]] bool isNull(int column) const;
  [[nodiscard]] bool boolean(int column) const;
  /// int2, int4 and int8.
  [[nodiscard]] std::int64_t int64(int column) const;
  /// The same, of what is never negative.
  [[nodiscard]] std::uint64_t count(int column) const { return static_cast<std::uint64_t>(int64(column)); }
  /// float4, float8 and the integers.
  [[nodiscard]] double real(int column) const;
  /// text and its relatives, json, jsonb.
  [[nodiscard]] std::string_view text(int column) const;
  /// NULL is the empty text.
  [[nodiscard]] std::string textOrEmpty(int column) const;
  [[nodiscard]] Uuid uuid(int column) const;
  [[nodiscard]] TimePoint time(int column) const;
  [[nodiscard]] std::vector<std::uint8_t> bytea(int column) const;
  /// NULL is no bytes.
  [[nodiscard]] std::vector<std::uint8_t> byteaOrEmpty(int column) const;
  /// The bytes in place, without a copy; valid while the SqlRows lives.
  [[nodiscard]] std::string_view byteaView(int column) const;
  /// NULL is the empty text.
  [[nodiscard]] std::string inetOrEmpty(int column) const;
  [[nodiscard]] std::vector<std::string> textArray(int column) const;

  [[nodiscard]] std::optional<TimePoint> optionalTime(int column) const;
  [[nodiscard]] std::optional<Uuid> optionalUuid(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optionalInt64(int column) const;
  [[nodiscard]] std::optional<double> optionalReal(int column) const;
  [[nodiscard]] std::optional<std::string> optionalText(int column) const;

 private:
  [[nodiscard]] std::string_view field(int column) const;
  [[noreturn]] void refuse(int column, const char* wanted) const;
  [[nodiscard]] std::vector<std::string_view> arrayElements(int column) const;

  const pg_result* result_;
  int row_;
};

/// The rows that a statement gave, in binary format. Cheap to copy.
class SqlRows {
 public:
  /// Takes the result over.
  explicit SqlRows(pg_result* result);

  [[nodiscard]] int size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] int columns() const noexcept;
  /// Throws SqlReadError past the end.
  [[nodiscard]] SqlRow row(int index) const;
  /// Of the same result only this row, or none.
  [[nodiscard]] SqlRows only(std::optional<int> index) const;
  /// For a range-based loop over SqlRow.
  class Iterator {
   public:
    Iterator(const SqlRows& rows, int index) : rows_(&rows), index_(index) {}
    SqlRow operator*() const { return rows_->row(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const SqlRows* rows_;
    int index_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }
  /// Rows that an INSERT, UPDATE, DELETE or COPY touched.
  [[nodiscard]] std::int64_t affected() const;

 private:
  std::shared_ptr<pg_result> result_;
  int first_ = 0;
  int size_ = 0;
};

template <class Record, class Read>
std::vector<Record> readAll(const SqlRows& rows, Read read) {
  std::vector<Record> records;
  records.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto row : rows) {
    records.push_back(read(row));
  }
  return records;
}

/// Nothing if there is no row.
template <class Record, class Read>
std::optional<Record> readFirst(const SqlRows& rows, Read read) {
  return rows.empty() ? std::nullopt : std::optional<Record>(read(rows.row(0)));
}

/// `none` if there is no row.
template <class Record, class Read>
Result<Record> readFirst(const SqlRows& rows, Read read, ErrorCode none) {
  return rows.empty() ? Result<Record>(none) : Result<Record>(read(rows.row(0)));
}

inline Done readDone(const SqlRows&) { return {}; }
inline bool readBoolean(const SqlRows& rows) { return rows.row(0).boolean(0); }
inline bool readAnyRow(const SqlRows& rows) { return !rows.empty(); }

/// A reply for the pipeline that turns rows into a T with `decode` and passes it on; a fault is passed on
/// unchanged, a SqlReadError becomes `internal`.
template <class T, class Decode>
Reply<SqlRows> decodeRows(const char* statementName, Reply<T> reply, Decode decode) {
  return [statementName, reply = std::move(reply), decode = std::move(decode)](Result<SqlRows> rows) {
    if (!rows.ok()) {
      reply(Result<T>(std::move(rows.fault())));
      return;
    }
    std::optional<Result<T>> decoded;
    try {
      decoded.emplace(decode(rows.value()));
    } catch (const std::exception& error) {
      decoded.emplace(makeFault(ErrorCode::internal, std::string(statementName) + ": " + error.what()));
    }
    reply(std::move(*decoded));
  };
}

}  // namespace ks
