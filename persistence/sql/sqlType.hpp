#pragma once
#include <cstdint>

namespace ks {

/// The PostgreSQL types that values are bound and read as; the numbers are the server's fixed type
/// identifiers (src/include/catalog/pg_type.dat).
enum class SqlType : std::uint32_t {
  boolean = 16,
  bytea = 17,
  name = 19,
  int8 = 20,
  int2 = 21,
  int4 = 23,
  text = 25,
  oid = 26,
  json = 114,
  float4 = 700,
  float8 = 701,
  unknown = 705,
  inet = 869,
  booleanArray = 1000,
  byteaArray = 1001,
  int2Array = 1005,
  int4Array = 1007,
  textArray = 1009,
  int8Array = 1016,
  float8Array = 1022,
  inetArray = 1041,
  bpchar = 1042,
  varchar = 1043,
  timestamptz = 1184,
  timestamptzArray = 1185,
  uuid = 2950,
  uuidArray = 2951,
  jsonb = 3802,
  jsonbArray = 3807,
};

}  // namespace ks
