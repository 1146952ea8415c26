#pragma once
#include "http/server/httpMessage.hpp"
#include "messages/account/accountMessages.hpp"

namespace ks {

/// 200 with a session, its tokens in the body or in cookies, or with the missing second step of a sign-in.
[[nodiscard]] HttpResponse loginAnswer(const LoginAnswer& login);

/// The cookie by which the account recognises the browser from now on.
void setDeviceCookie(HttpResponse& answer, const SecretText& deviceToken);

}  // namespace ks
