#include "persistence/sql/sqlRows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>

#include "persistence/sql/sqlEncoding.hpp"
#include "persistence/sql/sqlType.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kFirstOwnType = 16'384;  // types above were made by extensions and users: enums

SqlType typeOf(const pg_result* result, int column) { return static_cast<SqlType>(PQftype(result, column)); }

}  // namespace

void SqlRow::refuse(int column, const char* wanted) const {
  const char* name = column >= 0 && column < PQnfields(result_) ? PQfname(result_, column) : nullptr;
  throw SqlReadError("column " + std::to_string(column) + " (" + (name == nullptr ? "absent" : name) +
                     ") is not " + wanted);
}

std::string_view SqlRow::field(int column) const {
  if (column < 0 || column >= PQnfields(result_)) {
    refuse(column, "in the result");
  }
  if (PQgetisnull(result_, row_, column) != 0) {
    refuse(column, "non-null");
  }
  if (PQfformat(result_, column) != 1) {
    refuse(column, "in binary format");
  }
  return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

bool SqlRow::isNull(int column) const {
  if (column < 0 || column >= PQnfields(result_)) {
    refuse(column, "in the result");
  }
  return PQgetisnull(result_, row_, column) != 0;
}

bool SqlRow::boolean(int column) const {
  const auto bytes = field(column);
  if (typeOf(result_, column) != SqlType::boolean || bytes.size() != 1) {
    refuse(column, "boolean");
  }
  return bytes[0] != 0;
}

std::int64_t SqlRow::int64(int column) const {
  const auto bytes = field(column);
  switch (typeOf(result_, column)) {
    case SqlType::int2:
      return sqlEncoding::readInt16(bytes.data());
    case SqlType::int4:
      return sqlEncoding::readInt32(bytes.data());
    case SqlType::int8:
      return sqlEncoding::readInt64(bytes.data());
    default:
      refuse(column, "an integer");
  }
}

double SqlRow::real(int column) const {
  const auto bytes = field(column);
  switch (typeOf(result_, column)) {
    case SqlType::float4:
      return static_cast<double>(sqlEncoding::readFloat32(bytes.data()));
    case SqlType::float8:
      return sqlEncoding::readFloat64(bytes.data());
    default:
      return static_cast<double>(int64(column));
  }
}

std::string_view SqlRow::text(int column) const {
  auto bytes = field(column);
  const SqlType type = typeOf(result_, column);
  switch (type) {
    case SqlType::text:
    case SqlType::varchar:
    case SqlType::bpchar:
    case SqlType::name:
    case SqlType::json:
    case SqlType::unknown:
      return bytes;
    case SqlType::jsonb:
      bytes.remove_prefix(std::min<std::size_t>(1, bytes.size()));  // the format's version byte
      return bytes;
    default:
      if (static_cast<std::uint32_t>(type) < kFirstOwnType) {
        refuse(column, "text");
      }
      return bytes;
  }
}

std::string SqlRow::textOrEmpty(int column) const {
  return isNull(column) ? std::string() : std::string(text(column));
}

Uuid SqlRow::uuid(int column) const {
  const auto bytes = field(column);
  Uuid value;
  if (typeOf(result_, column) != SqlType::uuid || bytes.size() != value.bytes.size()) {
    refuse(column, "uuid");
  }
  std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
  return value;
}

TimePoint SqlRow::time(int column) const {
  const auto bytes = field(column);
  if (typeOf(result_, column) != SqlType::timestamptz || bytes.size() != 8) {
    refuse(column, "timestamptz");
  }
  return sqlEncoding::readTime(bytes.data());
}

std::string_view SqlRow::byteaView(int column) const {
  const auto bytes = field(column);
  if (typeOf(result_, column) != SqlType::bytea) {
    refuse(column, "bytea");
  }
  return bytes;
}

std::vector<std::uint8_t> SqlRow::bytea(int column) const {
  const auto bytes = byteaView(column);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::uint8_t> SqlRow::byteaOrEmpty(int column) const {
  return isNull(column) ? std::vector<std::uint8_t>() : bytea(column);
}

std::string SqlRow::inetOrEmpty(int column) const {
  if (isNull(column)) {
    return {};
  }
  const auto bytes = field(column);
  if (typeOf(result_, column) != SqlType::inet) {
    refuse(column, "inet");
  }
  return sqlEncoding::readInet(bytes);
}

std::vector<std::string_view> SqlRow::arrayElements(int column) const {
  const auto bytes = field(column);
  std::vector<std::string_view> elements;
  std::size_t at = 0;
  const auto next = [&] {
    if (bytes.size() - at < 4) {
      refuse(column, "a whole array");
    }
    const std::int32_t value = sqlEncoding::readInt32(bytes.data() + at);
    at += 4;
    return value;
  };
  const std::int32_t dimensions = next();
  next();  // whether there are NULLs: seen at each element
  next();  // the element type: the column's type says it
  if (dimensions == 0) {
    return elements;
  }
  if (dimensions != 1) {
    refuse(column, "a one-dimensional array");
  }
  const std::int32_t count = next();
  next();  // lower bound
  for (std::int32_t i = 0; i < count; ++i) {
    const std::int32_t length = next();
    if (length < 0 || bytes.size() - at < static_cast<std::size_t>(length)) {
      refuse(column, "an array without NULL");
    }
    elements.push_back(bytes.substr(at, static_cast<std::size_t>(length)));
    at += static_cast<std::size_t>(length);
  }
  return elements;
}

std::vector<std::string> SqlRow::textArray(int column) const {
  const auto elements = arrayElements(column);
  if (typeOf(result_, column) != SqlType::textArray) {
    refuse(column, "text[]");
  }
  return {elements.begin(), elements.end()};
}

std::optional<TimePoint> SqlRow::optionalTime(int column) const {
  return isNull(column) ? std::nullopt : std::optional(time(column));
}
std::optional<Uuid> SqlRow::optionalUuid(int column) const {
  return isNull(column) ? std::nullopt : std::optional(uuid(column));
}
std::optional<std::int64_t> SqlRow::optionalInt64(int column) const {
  return isNull(column) ? std::nullopt : std::optional(int64(column));
}
std::optional<double> SqlRow::optionalReal(int column) const {
  return isNull(column) ? std::nullopt : std::optional(real(column));
}
std::optional<std::string> SqlRow::optionalText(int column) const {
  return isNull(column) ? std::nullopt : std::optional(std::string(text(column)));
}

SqlRows::SqlRows(pg_result* result) : result_(result, PQclear), size_(PQntuples(result)) {}

int SqlRows::size() const noexcept { return size_; }
int SqlRows::columns() const noexcept { return PQnfields(result_.get()); }

SqlRow SqlRows::row(int index) const {
  if (index < 0 || index >= size()) {
    throw SqlReadError("row " + std::to_string(index) + " of " + std::to_string(size()));
  }
  return {result_.get(), first_ + index};
}

SqlRows SqlRows::only(std::optional<int> index) const {
  SqlRows part = *this;
  part.first_ = first_ + index.value_or(0);
  part.size_ = index ? 1 : 0;
  return part;
}

std::int64_t SqlRows::affected() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

}  // namespace ks
