#pragma once
#include "http/httpMessage.hpp"
#include "messages/accountMessages.hpp"

namespace ks {

/// 200 with a session, its tokens in the body or in cookies, or with what a sign-in still waits for.
[[nodiscard]] HttpAnswer loginAnswer(const LoginAnswer& login);

}  // namespace ks
