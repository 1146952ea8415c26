#pragma once
#include <array>

#include "actors/mail/mailTexts.hpp"

// What happened to an account. Only mailTexts.cpp includes this.
namespace ks {

constexpr std::array kNoticeMailTexts{
    MailTexts{"factorAdded", "", "",  //
              "A second factor was added to your account",
              R"(From now on, sign-in to your account requires a second factor.

If it was not you, reset the password within 7 days. That removes this factor and its recovery codes too:

{url}/auth/forgot

After that, or if your account administers this service, ask an administrator to remove it.
)",
              "Faktor kedua ditambahkan ke akun Anda",
              R"(Mulai sekarang, masuk ke akun Anda memerlukan faktor kedua.

Jika bukan Anda, atur ulang kata sandi dalam 7 hari. Faktor ini dan kode pemulihannya akan ikut dihapus:

{url}/auth/forgot

Setelah itu, atau jika akun Anda mengelola layanan ini, mintalah administrator untuk menghapusnya.
)"},
    MailTexts{"factorRemoved", "", "",  //
              "A second factor was removed from your account",
              R"(A second factor of your account was removed.

If it was not you, reset the password at once and enrol a new factor:

{url}/auth/forgot
)",
              "Faktor kedua dihapus dari akun Anda",
              R"(Sebuah faktor kedua pada akun Anda telah dihapus.

Jika bukan Anda, segera atur ulang kata sandi dan daftarkan faktor baru:

{url}/auth/forgot
)"},
    MailTexts{"impersonated", "reason", "",  //
              "An administrator signed in to your account",
              R"(An administrator of this service is signed in to your account until {until}.

Reason given: {reason}

The administrator cannot change your password, your e-mail address or your second factors. You see this
session in the list of your sessions and can end it there.
)",
              "Seorang administrator masuk ke akun Anda",
              R"(Seorang administrator layanan ini bertindak di akun Anda sampai {until}.

Alasan: {reason}

Administrator tidak dapat mengubah kata sandi, alamat surel, atau faktor kedua Anda. Sesi ini terlihat di
daftar sesi Anda dan dapat Anda akhiri di sana.
)"},
    MailTexts{
        "superadminAsked", "account", "",  //
        "A superadmin request needs your confirmation",
        R"(A superadmin asks to make an account a superadmin, or to restore a suspended one.

Account: {account}
Asked by: {asked_by}
Reason given: {reason}

Another superadmin confirms it until {until} by asking for the same. If it is not justified, withdraw it and find out who requested it.
)",
        "Pemberian superadmin menunggu konfirmasi Anda",
        R"(Seorang superadmin meminta agar sebuah akun dijadikan superadmin, atau superadmin yang ditangguhkan dipulihkan.

Akun: {account}
Diminta oleh: {asked_by}
Alasan: {reason}

Superadmin lain mengonfirmasinya sampai {until} dengan meminta hal yang sama. Jika tidak semestinya, batalkan dan cari tahu siapa yang meminta.
)"},
    MailTexts{"apiKeyMade", "key", "",  //
              "An API key was made with your account",
              R"(Someone, hopefully you, created an API key with your account.

Key: {key}
Device: {device}
Address: {ip}

If it was not you, reset the password at once, and revoke the key in the list that shows it, of your own keys or
those of machines. A key of a machine stays until it is revoked there:

{url}/auth/forgot
)",
              "Kunci API dibuat dengan akun Anda",
              R"(Seseorang, semoga Anda, membuat kunci API dengan akun Anda.

Kunci: {key}
Perangkat: {device}
Alamat: {ip}

Jika bukan Anda, segera atur ulang kata sandi, dan cabut kunci itu di daftar tempatnya berada, yaitu kunci Anda
sendiri atau kunci mesin. Kunci mesin tetap berlaku sampai dicabut di sana:

{url}/auth/forgot
)"},
    MailTexts{"apiKeysEnded", "keys", "",  //
              "API keys of your account were revoked",
              R"(The sessions of your account were ended, and these API keys were revoked with them:

{keys}

Programs that use them need new ones: sign in and create them. If neither you nor an administrator of this
service ended your sessions or changed your password, reset the password at once:

{url}/auth/forgot
)",
              "Kunci API akun Anda telah diakhiri",
              R"(Sesi akun Anda telah diakhiri, dan bersamanya kunci API berikut:

{keys}

Program yang memakainya perlu kunci baru: masuk lalu buatlah kunci itu. Jika bukan Anda atau administrator
layanan ini yang mengakhiri sesi atau mengganti kata sandi Anda, segera atur ulang kata sandi:

{url}/auth/forgot
)"},
    MailTexts{"recoveryCodesUsed", "left", "",  //
              "A recovery code of your account was used",
              R"(Someone, hopefully you, signed in to your account with a recovery code.

Codes left: {left}

If it was not you, reset the password at once:

{url}/auth/forgot
)",
              "Kode pemulihan akun Anda digunakan",
              R"(Seseorang, semoga Anda, masuk ke akun Anda dengan kode pemulihan.

Sisa kode: {left}

Jika bukan Anda, segera atur ulang kata sandi:

{url}/auth/forgot
)"},
    MailTexts{
        "recoveryCodesRenewed", "device", "",  //
        "The recovery codes of your account were renewed",
        R"(Someone, hopefully you, created new recovery codes for your account. The earlier ones no longer work.

Device: {device}
Address: {ip}

If it was not you, reset the password at once, sign in with your second factor and make new codes:

{url}/auth/forgot
)",
        "Kode pemulihan akun Anda diperbarui",
        R"(Seseorang, semoga Anda, membuat kode pemulihan baru untuk akun Anda. Kode sebelumnya tidak berlaku lagi.

Perangkat: {device}
Alamat: {ip}

Jika bukan Anda, segera atur ulang kata sandi, masuk dengan faktor kedua Anda dan buat kode baru:

{url}/auth/forgot
)"},
    MailTexts{"newDevice", "device", "",  //
              "New sign-in to your account from a new device",
              R"(Someone, hopefully you, signed in to your account from a device not used before.

Device: {device}
Address: {ip}

If it was not you, reset the password at once, which ends all sessions:

{url}/auth/forgot
)",
              "Akun Anda dimasuki dari perangkat baru",
              R"(Seseorang, semoga Anda, masuk ke akun Anda dari perangkat yang belum dikenal.

Perangkat: {device}
Alamat: {ip}

Jika bukan Anda, segera atur ulang kata sandi; semua sesi akan diakhiri:

{url}/auth/forgot
)"},
    MailTexts{
        "accountLocked", "until", "",  //
        "Sign-in to your account is locked",
        R"(There were many failed attempts to sign in to your account, so further attempts are refused for a while.

You can sign in again from: {until}

Devices that you have signed in on before are not affected. To sign in on another one, ask for a link on the sign-in page, or reset the password:

{url}/auth/forgot
)",
        "Masuk ke akun Anda dijeda",
        R"(Ada banyak percobaan gagal untuk masuk ke akun Anda, sehingga percobaan lain ditolak untuk sementara.

Anda dapat masuk lagi mulai: {until}

Perangkat yang pernah Anda pakai untuk masuk tidak terpengaruh. Untuk masuk di perangkat lain, mintalah tautan di halaman masuk, atau atur ulang kata sandi:

{url}/auth/forgot
)"},
    MailTexts{
        "sessionGuessing", "until", "",  //
        "Failed attempts within a session of your account",
        R"(There were many failed attempts to confirm your password or a code in one of the sessions of your account, so further attempts in that session are refused for a while. Sign-in is not affected.

Attempts are possible again from: {until}

If it was not you, reset the password at once, which ends all sessions:

{url}/auth/forgot
)",
        "Seseorang yang sedang masuk ke akun Anda menebak-nebak",
        R"(Ada banyak percobaan gagal untuk mengonfirmasi kata sandi atau kode di salah satu sesi akun Anda, sehingga sesi itu tidak boleh mencoba lagi untuk sementara. Proses masuk tidak terpengaruh.

Sesi itu boleh mencoba lagi mulai: {until}

Jika bukan Anda, segera atur ulang kata sandi; semua sesi akan diakhiri:

{url}/auth/forgot
)"},
    MailTexts{"accountSuspended", "reason", "",  //
              "Your account was suspended",
              R"(An administrator suspended your account, and all its sessions were ended.

Reason: {reason}
Until: {until}
)",
              "Akun Anda ditangguhkan",
              R"(Seorang administrator menangguhkan akun Anda, dan semua sesinya diakhiri.

Alasan: {reason}
Sampai: {until}
)"},
    MailTexts{"accountDeletionScheduled", "at", "",  //
              "Your account will be deleted",
              R"(You asked for your account to be deleted, and all its sessions were ended.

It will be deleted at: {at}

To keep it, sign in before then:

{url}/auth/login

If it was not you, reset the password at once, which keeps the account too:

{url}/auth/forgot
)",
              "Akun Anda akan dihapus",
              R"(Anda meminta agar akun Anda dihapus, dan semua sesinya diakhiri.

Akun akan dihapus pada: {at}

Untuk mempertahankannya, masuk sebelum waktu itu:

{url}/auth/login

Jika bukan Anda, segera atur ulang kata sandi; akun pun tetap dipertahankan:

{url}/auth/forgot
)"},
    MailTexts{
        "accountDeletionCancelled", "", "",  //
        "Your account will not be deleted",
        R"(Someone, hopefully you, signed in to your account or reset its password, so it will not be deleted.

If it was not you, reset the password at once:

{url}/auth/forgot
)",
        "Akun Anda tidak jadi dihapus",
        R"(Seseorang, semoga Anda, masuk ke akun Anda atau mengatur ulang kata sandinya, sehingga akun itu tidak jadi dihapus.

Jika bukan Anda, segera atur ulang kata sandi:

{url}/auth/forgot
)"},
    MailTexts{"dataExportReady", "", "",  //
              "The copy of your data is ready",
              R"(The copy of your data that you asked for can be fetched for seven days, after signing in:

{url}/auth/data

If it was not you, reset the password at once:

{url}/auth/forgot
)",
              "Salinan data Anda sudah siap",
              R"(Salinan data yang Anda minta dapat diambil selama tujuh hari, setelah masuk:

{url}/auth/data

Jika bukan Anda, segera atur ulang kata sandi:

{url}/auth/forgot
)"},
};

}  // namespace ks
