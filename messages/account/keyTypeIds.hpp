#pragma once
#include "messages/account/accountTypeIds.hpp"
#include "messages/account/keyMessages.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(kKeys, caf::first_custom_type_id + 500)
CAF_ADD_TYPE_ID(kKeys, (ks::CreateApiKeyRequest))
CAF_ADD_TYPE_ID(kKeys, (ks::IssuedApiKey))
CAF_ADD_TYPE_ID(kKeys, (ks::ListApiKeysRequest))
CAF_ADD_TYPE_ID(kKeys, (std::vector<ks::ApiKeyRecord>))
CAF_ADD_TYPE_ID(kKeys, (ks::RevokeApiKeyRequest))
CAF_ADD_TYPE_ID(kKeys, (ks::ApiKeyRecord))
CAF_ADD_TYPE_ID(kKeys, (ks::RotateApiKeyRequest))
CAF_ADD_TYPE_ID(kKeys, (ks::ListSigningKeysRequest))
CAF_ADD_TYPE_ID(kKeys, (ks::RotateSigningKeysRequest))
CAF_ADD_TYPE_ID(kKeys, (std::vector<ks::SigningKeyRecord>))
CAF_ADD_TYPE_ID(kKeys, (ks::LogoutAllRequest))
CAF_ADD_TYPE_ID(kKeys, (ks::SessionsRevoked))
CAF_END_TYPE_ID_BLOCK(kKeys)
