#pragma once

namespace ks {

/// One named SQL statement. Name and text are literals: they must outlive every connection. The name is
/// unique in the process; it is the prepared statement's name, and what slow-operation lines and errors call
/// it. Parameters are $1, $2… and always of the types that SqlParameters was filled with.
struct SqlStatement {
  const char* name;
  const char* text;
  /// Running it twice leaves what running it once leaves, and the second answer is right too: it may be sent
  /// again when the connection was lost before the answer came.
  bool repeatable = false;
};

}  // namespace ks
