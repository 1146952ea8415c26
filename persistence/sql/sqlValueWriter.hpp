#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/uuid.hpp"
#include "persistence/sql/sqlEncoding.hpp"
#include "persistence/sql/sqlType.hpp"

namespace ks {

/// Typed values in PostgreSQL's binary format, one after the other: statement parameters and COPY fields are
/// both written with it. `Derived` gives std::string& open(SqlType), void close(), Derived& null(SqlType).
template <class Derived>
class SqlValueWriter {
 public:
  Derived& text(std::string_view value) {
    return write(SqlType::text, [&](std::string& out) { out.append(value); });
  }
  Derived& textOrNull(std::string_view value) {
    return value.empty() ? self().null(SqlType::text) : text(value);
  }
  Derived& optionalText(const std::optional<std::string>& value) {
    return value ? text(*value) : self().null(SqlType::text);
  }
  Derived& boolean(bool value) {
    return write(SqlType::boolean, [&](std::string& out) { out.push_back(value ? '\1' : '\0'); });
  }
  Derived& optionalBoolean(std::optional<bool> value) {
    return value ? boolean(*value) : self().null(SqlType::boolean);
  }
  Derived& int2(std::int16_t value) {
    return write(SqlType::int2, [&](std::string& out) { sqlEncoding::appendInt16(out, value); });
  }
  Derived& int4(std::int32_t value) {
    return write(SqlType::int4, [&](std::string& out) { sqlEncoding::appendInt32(out, value); });
  }
  Derived& optionalInt4(std::optional<std::int32_t> value) {
    return value ? int4(*value) : self().null(SqlType::int4);
  }
  Derived& int8(std::int64_t value) {
    return write(SqlType::int8, [&](std::string& out) { sqlEncoding::appendInt64(out, value); });
  }
  Derived& optionalInt8(std::optional<std::int64_t> value) {
    return value ? int8(*value) : self().null(SqlType::int8);
  }
  Derived& float8(double value) {
    return write(SqlType::float8, [&](std::string& out) { sqlEncoding::appendFloat64(out, value); });
  }
  Derived& uuid(const Uuid& value) {
    return write(SqlType::uuid, [&](std::string& out) { sqlEncoding::appendUuid(out, value); });
  }
  /// nothing and nil are NULL
  Derived& optionalUuid(const std::optional<Uuid>& value) {
    return value && !value->isNil() ? uuid(*value) : self().null(SqlType::uuid);
  }
  Derived& time(TimePoint value) {
    return write(SqlType::timestamptz, [&](std::string& out) { sqlEncoding::appendTime(out, value); });
  }
  Derived& optionalTime(std::optional<TimePoint> value) {
    return value ? time(*value) : self().null(SqlType::timestamptz);
  }
  Derived& bytea(std::span<const std::uint8_t> value) {
    return write(SqlType::bytea, [&](std::string& out) {
      out.append(reinterpret_cast<const char*>(value.data()), value.size());
    });
  }
  Derived& byteaOrNull(std::span<const std::uint8_t> value) {
    return value.empty() ? self().null(SqlType::bytea) : bytea(value);
  }
  /// A text that is not an IP address is NULL.
  Derived& inetOrNull(std::string_view address) {
    std::string encoded;
    if (!sqlEncoding::appendInet(encoded, address)) {
      return self().null(SqlType::inet);
    }
    return write(SqlType::inet, [&](std::string& out) { out.append(encoded); });
  }
  /// `value` is JSON text.
  Derived& jsonb(std::string_view value) {
    return write(SqlType::jsonb, [&](std::string& out) {
      out.push_back('\1');  // the version of jsonb's binary format
      out.append(value);
    });
  }
  Derived& jsonbOrNull(std::string_view value) {
    return value.empty() ? self().null(SqlType::jsonb) : jsonb(value);
  }

  Derived& textArray(std::span<const std::string> values) {
    return array(SqlType::textArray, SqlType::text, values,
                 [](std::string& out, const std::string& value) { out.append(value); });
  }
  Derived& uuidArray(std::span<const Uuid> values) {
    return array(SqlType::uuidArray, SqlType::uuid, values, sqlEncoding::appendUuid);
  }
  Derived& int2Array(std::span<const std::int16_t> values) {
    return array(SqlType::int2Array, SqlType::int2, values, sqlEncoding::appendInt16);
  }
  Derived& int4Array(std::span<const std::int32_t> values) {
    return array(SqlType::int4Array, SqlType::int4, values, sqlEncoding::appendInt32);
  }
  Derived& int8Array(std::span<const std::int64_t> values) {
    return array(SqlType::int8Array, SqlType::int8, values, sqlEncoding::appendInt64);
  }
  Derived& float8Array(std::span<const double> values) {
    return array(SqlType::float8Array, SqlType::float8, values, sqlEncoding::appendFloat64);
  }
  Derived& timeArray(std::span<const TimePoint> values) {
    return array(SqlType::timestamptzArray, SqlType::timestamptz, values, sqlEncoding::appendTime);
  }
  template <class Bytes>
  Derived& byteaArray(const std::vector<Bytes>& values) {
    return array(SqlType::byteaArray, SqlType::bytea, std::span<const Bytes>(values),
                 [](std::string& out, const Bytes& value) {
                   out.append(reinterpret_cast<const char*>(value.data()), value.size());
                 });
  }

 protected:
  ~SqlValueWriter() = default;

 private:
  Derived& self() { return static_cast<Derived&>(*this); }

  template <class Append>
  Derived& write(SqlType type, Append append) {
    append(self().open(type));
    self().close();
    return self();
  }

  template <class Value, class Append>
  Derived& array(SqlType type, SqlType element, std::span<const Value> values, Append append) {
    return write(type, [&](std::string& out) {
      sqlEncoding::appendInt32(out, values.empty() ? 0 : 1);  // dimensions
      sqlEncoding::appendInt32(out, 0);                       // no element is NULL
      sqlEncoding::appendInt32(out, static_cast<std::int32_t>(element));
      if (values.empty()) {
        return;
      }
      sqlEncoding::appendInt32(out, static_cast<std::int32_t>(values.size()));
      sqlEncoding::appendInt32(out, 1);  // lower bound
      for (const auto& value : values) {
        const std::size_t lengthAt = out.size();
        sqlEncoding::appendInt32(out, 0);
        append(out, value);
        sqlEncoding::patchInt32(out, lengthAt, static_cast<std::int32_t>(out.size() - lengthAt - 4));
      }
    });
  }
};

}  // namespace ks
