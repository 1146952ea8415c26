#include "actors/mail/mailTexts.hpp"

#include <array>

namespace ks {
namespace {
constexpr std::array kMailTexts{
    MailTexts{"verifyEmail", "token", "/auth/verify-email",  //
              "Confirm your e-mail address",
              R"(Someone, hopefully you, opened an account with this address.

Device: {device}
Address: {ip}

Open this link within 24 hours to confirm it, and with it the password that was chosen there:

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
              R"(Someone, hopefully you, tried to open an account with this address, but there is one already.

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
        "Sign in although signing in is paused",
        R"(Someone, hopefully you, asked for a way to sign in to your account while others keep guessing its password.

Open this link within one hour on the device that you want to sign in on. It makes that device known to your account, so that the failures of others do not count there:

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
less than 7 days before was removed, and its recovery codes with it: signing in asks for the password alone.

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

If this is wrong, open this link within 7 days to get the old address back. All sessions end, and you are sent a link to choose a new password:

{link}
)",
              "Alamat surel akun Anda telah diubah oleh administrator",
              R"(Administrator telah mengubah alamat surel akun Anda dan mengakhiri semua sesinya.

Alamat baru: {new_address}

Jika ini keliru, buka tautan ini dalam 7 hari untuk mengembalikan alamat lama. Semua sesi akan berakhir dan Anda akan menerima tautan untuk memilih kata sandi baru:

{link}
)"},
    MailTexts{"factorAdded", "", "",  //
              "A second factor was added to your account",
              R"(From now on signing in to your account asks for a second factor.

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
              R"(An administrator of this service acts in your account until {until}.

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
        "A superadmin waits for your confirmation",
        R"(A superadmin asks to make an account a superadmin, or to restore a suspended one.

Account: {account}
Asked by: {asked_by}
Reason given: {reason}

Another superadmin confirms it until {until} by asking for the same. If it should not be, withdraw it and find out who asked.
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
              R"(Someone, hopefully you, made an API key with your account.

Key: {key}
Device: {device}
Address: {ip}

If it was not you, reset the password at once, and revoke the key in the list where it stands, of your own keys or
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
              "API keys of your account were ended",
              R"(The sessions of your account were ended, and these API keys with them:

{keys}

Programs that use them need new ones: sign in and make them. If neither you nor an administrator of this
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
        R"(Someone, hopefully you, made new recovery codes for your account. The earlier ones are void.

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
              "Your account was signed in to from a new device",
              R"(Someone, hopefully you, signed in to your account from a device that it does not know.

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
        "Signing in to your account is paused",
        R"(There were many failed attempts to sign in to your account, so it takes no more for a while.

Signing in works again from: {until}

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
        "Somebody who is signed in to your account guesses",
        R"(There were many failed attempts to confirm your password or a code in one of the sessions of your account, so that session may try no more for a while. Signing in is not affected.

It may try again from: {until}

If it was not you, reset the password at once, which ends all sessions:

{url}/auth/forgot
)",
        "Seseorang yang sedang masuk ke akun Anda menebak-nebak",
        R"(Ada banyak percobaan gagal untuk mengonfirmasi kata sandi atau kode di salah satu sesi akun Anda, sehingga sesi itu tidak boleh mencoba lagi untuk sementara. Proses masuk tidak terpengaruh.

Sesi itu boleh mencoba lagi mulai: {until}

Jika bukan Anda, segera atur ulang kata sandi; semua sesi akan diakhiri:

{url}/auth/forgot
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
}  // namespace

std::span<const MailTexts> mailTexts() noexcept { return kMailTexts; }

}  // namespace ks
