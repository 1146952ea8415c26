DROP TABLE recovery_sets;
DROP TABLE recovery_codes;
DROP TABLE mfa_attempts;
DROP TABLE mfa_challenges;
DROP TABLE webauthn_credentials;
DROP TABLE mfa_factors;
