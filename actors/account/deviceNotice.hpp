#pragma once
#include "actors/account/authDependencies.hpp"
#include "actors/account/sessionTokens.hpp"

namespace ks {

/// Mails the owner of an account after a sign-in from an unknown device, asynchronously.
void noteNewDevice(const AuthDependencies& dependencies, const RequestContext& context,
                   const FreshSession& fresh);

}  // namespace ks
