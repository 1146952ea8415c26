#include "actors/mailTemplates.hpp"

#include <array>

namespace ks {
namespace {

struct Template {
  std::string_view name;
  std::string_view subjectEn;
  std::string_view textEn;
  std::string_view subjectId;
  std::string_view textId;
};

// {link} and {url} are replaced; nothing that a stranger wrote ever stands in a mail.
constexpr std::array<Template, 3> kTemplates{{
    {"verifyEmail", "Confirm your e-mail address",
     "Someone, hopefully you, opened an account with this address.\n\nOpen this link within 24 hours to "
     "confirm it:\n\n"
     "{link}\n\nIf it was not you, ignore this mail; nothing will happen.\n",
     "Konfirmasi alamat surel Anda",
     "Seseorang, semoga Anda, membuka akun dengan alamat ini.\n\nBuka tautan ini dalam 24 jam untuk "
     "mengonfirmasinya:\n\n"
     "{link}\n\nJika bukan Anda, abaikan surel ini; tidak akan terjadi apa-apa.\n"},
    {"alreadyRegistered", "You already have an account",
     "Someone, hopefully you, tried to open an account with this address, but there is one already.\n\nSign "
     "in here:\n\n"
     "{url}/auth/login\n\nIf it was not you, ignore this mail; nothing was changed.\n",
     "Anda sudah memiliki akun",
     "Seseorang, semoga Anda, mencoba membuka akun dengan alamat ini, tetapi akunnya sudah ada.\n\nMasuk di "
     "sini:\n\n"
     "{url}/auth/login\n\nJika bukan Anda, abaikan surel ini; tidak ada yang berubah.\n"},
    {"passwordChanged", "Your password was changed",
     "The password of your account was changed, and all its sessions were ended.\n\nIf it was not you, reset "
     "the password at "
     "once:\n\n{url}/auth/forgot\n",
     "Kata sandi Anda telah diubah",
     "Kata sandi akun Anda telah diubah, dan semua sesinya diakhiri.\n\nJika bukan Anda, segera atur ulang "
     "kata sandi:\n\n"
     "{url}/auth/forgot\n"},
}};

std::string filled(std::string_view text, std::string_view placeholder, const std::string& value) {
  std::string out{text};
  if (const auto at = out.find(placeholder); at != std::string::npos) {
    out.replace(at, placeholder.size(), value);
  }
  return out;
}

}  // namespace

std::optional<MailText> renderMail(std::string_view mailTemplate, std::string_view locale,
                                   std::string_view payload, std::string_view publicUrl) {
  for (const auto& candidate : kTemplates) {
    if (candidate.name == mailTemplate) {
      const bool indonesian = locale == "id";
      const std::string url{publicUrl};
      // The token stands behind '#', so that it reaches no server log and no Referer header.
      const auto link = url + "/auth/verify-email#token=" + std::string{payload};
      auto text = filled(indonesian ? candidate.textId : candidate.textEn, "{link}", link);
      return MailText{std::string{indonesian ? candidate.subjectId : candidate.subjectEn},
                      filled(text, "{url}", url)};
    }
  }
  return std::nullopt;
}

}  // namespace ks
