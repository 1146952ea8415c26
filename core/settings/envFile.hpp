#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ks {

/// A line of a .env file that is not understood.
struct EnvFileFault {
  std::size_t line = 0;  ///< from 1
  std::string cause;     ///< never shows the value
};

/// What a .env file sets.
struct EnvFile {
  struct Entry {
    std::string value;
    std::size_t line = 0;
  };
  std::map<std::string, Entry> entries;
  std::vector<EnvFileFault> faults;
};

/// Strict: a line is empty, a comment that begins with `#`, or `[export ]NAME=VALUE`. A value with white
/// space, `#` or quotes is quoted, all of it; nothing is expanded, so that the shell scripts which read the
/// same file find the same values. Each name once.
EnvFile parseEnvFile(std::string_view text);

}  // namespace ks
