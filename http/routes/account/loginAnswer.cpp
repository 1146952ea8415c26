#include "http/routes/account/loginAnswer.hpp"

#include "http/routes/account/authSchemas.hpp"
#include "http/routing/authentication.hpp"

namespace ks {
namespace {

/// The maximum lifetime of a cookie in browsers.
constexpr std::chrono::hours kDeviceCookieLife{400 * 24};

LoginOutput demandOutput(const FactorDemand& demand) {
  LoginOutput out;
  out.status = "mfa_required";
  out.mfaToken = demand.token;
  out.expiresIn = demand.expiresInS;
  out.methods = demand.methods;
  return out;
}

}  // namespace

void setDeviceCookie(HttpResponse& answer, const SecretText& deviceToken) {
  answer.setCookie(kDeviceCookie, deviceToken.reveal(), kDeviceCookieLife);
}

HttpResponse loginAnswer(const LoginAnswer& login) {
  if (login.demand) {
    return HttpResponse::json(200, demandOutput(*login.demand));
  }
  const auto& tokens = login.tokens;
  LoginOutput out;
  out.sessionId = tokens.sessionId;
  out.expiresIn = tokens.accessExpiresInS;
  out.refreshExpiresIn = tokens.refreshExpiresInS;
  out.user = *login.user;
  out.recoveryCodesLeft = login.recoveryCodesLeft;
  if (!login.recoveryCodes.empty()) {
    out.recoveryCodes = login.recoveryCodes;
  }
  const bool cookies = tokens.transport == TokenTransport::cookie;
  if (cookies) {
    out.csrfToken = tokens.csrfToken;
  } else {
    out.tokenType = "Bearer";
    out.accessToken = tokens.accessToken;
    out.refreshToken = tokens.refreshToken;
    if (!tokens.deviceToken.empty()) {
      out.deviceToken = tokens.deviceToken;
    }
  }
  auto answer = HttpResponse::json(200, out);
  if (cookies) {
    answer.setCookie(kAccessCookie, tokens.accessToken.reveal(),
                     std::chrono::seconds{tokens.accessExpiresInS});
    answer.setCookie(kRefreshCookie, tokens.refreshToken.reveal(),
                     std::chrono::seconds{tokens.refreshExpiresInS});
    if (!tokens.deviceToken.empty()) {
      setDeviceCookie(answer, tokens.deviceToken);
    }
  }
  answer.userId = login.user->id.toString();
  return answer;
}

}  // namespace ks
