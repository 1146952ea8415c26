#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ks {

/// An invalid line of a .env file.
struct EnvFileFault {
  std::size_t line = 0;  ///< from 1
  std::string cause;     ///< never shows the value
};

/// The variables of a .env file.
struct EnvFile {
  struct Entry {
    std::string value;
    std::size_t line = 0;
  };
  std::map<std::string, Entry> entries;
  std::vector<EnvFileFault> faults;
};

/// Strict: a line is empty, a comment that begins with `#`, or `[export ]NAME=VALUE`. A value with white
/// space, `#` or quotes is quoted as a whole; nothing is expanded, so shell scripts that read the
/// same file get the same values. Each name once.
EnvFile parseEnvFile(std::string_view text);

}  // namespace ks
