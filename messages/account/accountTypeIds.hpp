#pragma once
#include "messages/account/accountMessages.hpp"
#include "messages/platform/typeIds.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(kAccounts, caf::first_custom_type_id + 100)
CAF_ADD_TYPE_ID(kAccounts, (ks::RegisterRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::VerifyEmailRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::ResendVerificationRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::LoginRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::LoginAnswer))
CAF_ADD_TYPE_ID(kAccounts, (ks::SessionTokens))
CAF_ADD_TYPE_ID(kAccounts, (ks::ChangePasswordRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::RefreshRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::LogoutRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::ListSessionsRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::RevokeSessionRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::CreateAdministratorRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::CreateAdministratorAnswer))
CAF_ADD_TYPE_ID(kAccounts, (ks::AuthenticateRequest))
CAF_ADD_TYPE_ID(kAccounts, (ks::Authenticated))
CAF_ADD_TYPE_ID(kAccounts, (std::vector<ks::SessionRecord>))
CAF_ADD_TYPE_ID(kAccounts, (ks::CacheSession))
CAF_ADD_TYPE_ID(kAccounts, (ks::ForgetSessions))
CAF_END_TYPE_ID_BLOCK(kAccounts)
