#pragma once

/// SQL, of a row of log_file at $1: seconds since the last stored line while bytes are known to wait, else 0.
#define KS_LAG_S                                                                                           \
  "CASE WHEN size > read_offset AND state <> 'done' AND NOT imported THEN greatest(0, extract(epoch FROM " \
  "$1 - "                                                                                                  \
  "coalesce(last_line_at, created_at))) "                                                                  \
  "ELSE 0 END::float8"
