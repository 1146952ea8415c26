#pragma once
#include <string>
#include <string_view>

namespace ks::cli {

/// A file for its owner only (mode 0600), written atomically. An existing file is replaced at the
/// end.
class SecretFile {
 public:
  explicit SecretFile(std::string path);
  ~SecretFile();
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;

  /// Opens a temporary file, so errors occur before there is a secret. Empty: success; otherwise why
  /// not.
  [[nodiscard]] std::string prepare();
  /// Empty: the file is on disk under its name; otherwise why not.
  [[nodiscard]] std::string finish(std::string_view text);

 private:
  std::string path_;
  std::string temporary_;
  int file_ = -1;
};

}  // namespace ks::cli
