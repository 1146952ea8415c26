#pragma once
#include <array>

#include "actors/mail/mailTexts.hpp"

// How an account, an address or a password comes to its owner. Only mailTexts.cpp includes this.
namespace ks {

constexpr std::array kAccessMailTexts{
    MailTexts{"verifyEmail", "token", "/auth/verify-email",  //
              "Confirm your e-mail address",
              R"(Someone, hopefully you, registered an account with this address.

Device: {device}
Address: {ip}

Open this link within 24 hours to confirm the address and the password chosen at registration:

{link}

If it was not you, ignore this mail; nothing will happen.
)",
              "Konfirmasi alamat surel Anda",
              R"(Seseorang, semoga Anda, membuka akun dengan alamat ini.

Perangkat: {device}
Alamat: {ip}

Buka tautan ini dalam 24 jam untuk mengonfirmasinya beserta kata sandi yang dipilih di sana:

{link}

Jika bukan Anda, abaikan surel ini; tidak akan terjadi apa-apa.
)"},
    MailTexts{"alreadyRegistered", "", "",  //
              "You already have an account",
              R"(Someone, hopefully you, tried to open an account with this address, but there is already one.

Sign in here:

{url}/auth/login

If it was not you, ignore this mail; nothing was changed.
)",
              "Anda sudah memiliki akun",
              R"(Seseorang, semoga Anda, mencoba membuka akun dengan alamat ini, tetapi akunnya sudah ada.

Masuk di sini:

{url}/auth/login

Jika bukan Anda, abaikan surel ini; tidak ada yang berubah.
)"},
    MailTexts{"resetPassword", "token", "/auth/reset-password",  //
              "Choose a new password",
              R"(Someone, hopefully you, asked for a new password for the account with this address.

Open this link within one hour to choose it:

{link}

The link works once. If it was not you, ignore this mail; your password stays as it is.
)",
              "Pilih kata sandi baru",
              R"(Seseorang, semoga Anda, meminta kata sandi baru untuk akun dengan alamat ini.

Buka tautan ini dalam satu jam untuk memilihnya:

{link}

Tautan ini hanya berlaku sekali. Jika bukan Anda, abaikan surel ini; kata sandi Anda tetap sama.
)"},
    MailTexts{
        "deviceLink", "token", "/auth/trust-device",  //
        "Sign in while sign-in is locked",
        R"(Someone, hopefully you, asked for a way to sign in to your account while others keep guessing its password.

Open this link within one hour on the device that you want to sign in on. It makes that device known to your account, so failed attempts of others do not count there:

{link}

The link works once. You still need your password, and your second factor if you have one. If it was not you, ignore this mail; nothing will happen.
)",
        "Masuk meskipun proses masuk sedang dijeda",
        R"(Seseorang, semoga Anda, meminta cara untuk masuk ke akun Anda selagi orang lain terus menebak kata sandinya.

Buka tautan ini dalam satu jam di perangkat yang ingin Anda pakai untuk masuk. Perangkat itu akan dikenal oleh akun Anda, sehingga kegagalan orang lain tidak dihitung di sana:

{link}

Tautan ini hanya berlaku sekali. Anda tetap memerlukan kata sandi, dan faktor kedua jika ada. Jika bukan Anda, abaikan surel ini; tidak akan terjadi apa-apa.
)"},
    MailTexts{"passwordChanged", "", "",  //
              "Your password was changed",
              R"(The password of your account was changed.

If it was not you, reset the password at once:

{url}/auth/forgot
)",
              "Kata sandi Anda telah diubah",
              R"(Kata sandi akun Anda telah diubah.

Jika bukan Anda, segera atur ulang kata sandi:

{url}/auth/forgot
)"},
    MailTexts{
        "passwordChangedFactorRemoved", "", "",  //
        "Your password was changed, and a second factor removed",
        R"(The password of your account was changed with a link that was sent to this address. A second factor that was added
less than 7 days before was removed with its recovery codes: sign-in now requires the password only.

If it was your factor, set it up again. If it was not you who changed the password, reset it at once:

{url}/auth/forgot
)",
        "Kata sandi Anda telah diubah, dan sebuah faktor kedua dihapus",
        R"(Kata sandi akun Anda telah diubah dengan tautan yang dikirim ke alamat ini. Faktor kedua yang ditambahkan kurang
dari 7 hari sebelumnya telah dihapus beserta kode pemulihannya: masuk hanya memerlukan kata sandi.

Jika itu faktor Anda, daftarkan lagi. Jika bukan Anda yang mengubah kata sandi, segera atur ulang:

{url}/auth/forgot
)"},
    MailTexts{"emailChangeConfirm", "token", "/auth/confirm-email",  //
              "Confirm your new e-mail address",
              R"(Someone, hopefully you, wants to use this address for an account.

Open this link to confirm it:

{link}

If it was not you, ignore this mail; the account keeps its old address.
)",
              "Konfirmasi alamat surel baru Anda",
              R"(Seseorang, semoga Anda, ingin memakai alamat ini untuk sebuah akun.

Buka tautan ini untuk mengonfirmasinya:

{link}

Jika bukan Anda, abaikan surel ini; akun tersebut tetap memakai alamat lamanya.
)"},
    MailTexts{"emailChangeNotice", "token", "/auth/undo-email-change",  //
              "The e-mail address of your account is being changed",
              R"(Someone, hopefully you, is changing the e-mail address of your account.

New address: {new_address}

If it was not you, open this link to keep the old address and to end all sessions:

{link}
)",
              "Alamat surel akun Anda sedang diubah",
              R"(Seseorang, semoga Anda, sedang mengubah alamat surel akun Anda.

Alamat baru: {new_address}

Jika bukan Anda, buka tautan ini untuk mempertahankan alamat lama dan mengakhiri semua sesi:

{link}
)"},
    MailTexts{"emailMoved", "token", "/auth/undo-email-change",  //
              "The e-mail address of your account was changed by an administrator",
              R"(An administrator changed the e-mail address of your account, and ended all its sessions.

New address: {new_address}

If this is wrong, open this link within 7 days to restore the old address. All sessions end, and you receive a link to choose a new password:

{link}
)",
              "Alamat surel akun Anda telah diubah oleh administrator",
              R"(Administrator telah mengubah alamat surel akun Anda dan mengakhiri semua sesinya.

Alamat baru: {new_address}

Jika ini keliru, buka tautan ini dalam 7 hari untuk mengembalikan alamat lama. Semua sesi akan berakhir dan Anda akan menerima tautan untuk memilih kata sandi baru:

{link}
)"},
    MailTexts{"invitation", "token", "/auth/accept-invitation",  //
              "You are invited to open an account",
              R"(An administrator opened an account for this address.

Open this link to choose a password and to begin:

{link}

If you did not expect this, ignore this mail.
)",
              "Anda diundang untuk membuka akun",
              R"(Seorang administrator membuka akun untuk alamat ini.

Buka tautan ini untuk memilih kata sandi dan memulai:

{link}

Jika Anda tidak mengharapkan ini, abaikan surel ini.
)"},
};

}  // namespace ks
