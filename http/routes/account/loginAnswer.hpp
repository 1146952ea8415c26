#pragma once
#include "http/server/httpMessage.hpp"
#include "messages/account/accountMessages.hpp"

namespace ks {

/// 200 with a session, its tokens in the body or in cookies, or with what a sign-in still waits for.
[[nodiscard]] HttpResponse loginAnswer(const LoginAnswer& login);

/// By which the browser is known to the account from now on.
void setDeviceCookie(HttpResponse& answer, const SecretText& deviceToken);

}  // namespace ks
