#pragma once
#include "actors/account/authDependencies.hpp"
#include "actors/account/sessionTokens.hpp"

namespace ks {

/// Mails the owner of an account that was signed in to from a device unknown to it. Nobody waits for that.
void noteNewDevice(const AuthDependencies& dependencies, const RequestContext& context,
                   const FreshSession& fresh);

}  // namespace ks
