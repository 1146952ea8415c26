#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/importedHash.hpp"
#include "http/routes/administration/userImport.hpp"

// Lines of an import and the password hashes in them: any bytes give accounts or faults, each line its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto users = ks::readImportLines(text);
  if (users.ok()) {
    std::uint32_t before = 0;
    for (const auto& user : users.value()) {
      const bool whole = user.fault != ks::ErrorCode::none || !user.email.empty();
      if (user.line <= before || !whole || users.value().size() > ks::kMostImportLines) {
        std::abort();
      }
      before = user.line;
      (void)ks::importedHashForm(user.passwordHash.reveal(), ks::longestImportedHash(ks::kLongestAnswer));
    }
  }
  // What passes as a hash that costs little is verified; nothing crashes.
  if (ks::importedHashForm(text, ks::longestImportedHash(ks::kLongestAnswer)) == ks::HashForm::usable &&
      text.starts_with("$pbkdf2-sha256$1$")) {
    (void)ks::verifyImportedHash(text, ks::SecretText{"password"});
  }
  return 0;
}
