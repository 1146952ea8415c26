#include "http/routes/account/passwordPolicyRoute.hpp"

#include <utility>

namespace ks {
ObjectSchema<PasswordPolicyOutput> schemaFor(Of<PasswordPolicyOutput> /*of*/) {
  return ObjectSchema<PasswordPolicyOutput>("PasswordPolicy",
                                            "Requirements for a new password; there are no composition rules")
      .field("min_length", &PasswordPolicyOutput::minLength, rules().describe("characters"))
      .field("min_length_with_second_factor", &PasswordPolicyOutput::minLengthWithSecondFactor,
             rules().describe("characters, if a second factor is enrolled"))
      .field("max_length", &PasswordPolicyOutput::maxLength, rules().describe("characters"))
      .field("common_passwords", &PasswordPolicyOutput::commonPasswords,
             rules().describe("number of known passwords that are refused, in any case"));
}

void addPasswordPolicyRoute(RouteTable& routes, std::function<PasswordPolicyOutput()> policy) {
  routes.add(
      {.path = "/api/auth/password/policy",
       .operationId = "passwordPolicy",
       .summary = "The password policy",
       .description =
           "A password that consists of little else than the account's address, user name or display name is also refused.",
       .tag = "registration",
       .quick = true},
      ok("The limits"), [policy = std::move(policy)](const RequestCall<>&) { return policy(); });
}

}  // namespace ks
