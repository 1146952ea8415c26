#include "http/routes/account/passwordPolicyRoute.hpp"

namespace ks {
ObjectSchema<PasswordPolicyOutput> schemaFor(Of<PasswordPolicyOutput> /*of*/) {
  return ObjectSchema<PasswordPolicyOutput>("PasswordPolicy",
                                            "What a new password must be; there are no rules of composition")
      .field("min_length", &PasswordPolicyOutput::minLength, rules().describe("characters"))
      .field("min_length_with_second_factor", &PasswordPolicyOutput::minLengthWithSecondFactor,
             rules().describe("characters, where a second factor is enrolled"))
      .field("max_length", &PasswordPolicyOutput::maxLength, rules().describe("characters"))
      .field("common_passwords", &PasswordPolicyOutput::commonPasswords,
             rules().describe("how many are known and refused, in whatever case"));
}

void addPasswordPolicyRoute(RouteTable& routes, const PasswordPolicyOutput& policy) {
  routes.add({.path = "/api/auth/password/policy",
              .operationId = "passwordPolicy",
              .summary = "What a new password must be",
              .description =
                  "Nor may it consist of little else than the account's address, user name or display name.",
              .tag = "registration",
              .quick = true},
             ok("The limits"), [policy](const RequestCall<>&) { return policy; });
}

}  // namespace ks
