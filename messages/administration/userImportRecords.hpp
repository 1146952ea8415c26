#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/administration/userAdministration.hpp"

// Operations of an import of accounts, which is a job.
namespace ks {

/// One line of an import: an account, or its fault.
struct ImportedUser : NewAccount {
  std::uint32_t line = 0;  ///< of the input, from 1
  ErrorCode fault = ErrorCode::none;
  std::string field;  ///< at fault
  Uuid id;
  Uuid auditId;
};
inline constexpr std::size_t kMostImportLines = 2'000;

/// Old jobs go with it.
struct NewJob {
  using Out = Done;
  static constexpr const char* kName = "users.startJob";

  Uuid id;
  std::string kind;
  std::optional<Uuid> createdBy;
  std::uint32_t total = 0;
  TimePoint now;
};
struct ImportUsers {
  using Out = Done;
  static constexpr const char* kName = "users.import";

  std::optional<Uuid> actor;
  Uuid jobId;
  std::vector<ImportedUser> users;
  std::string stateThen;  ///< of the job: running, done, failed
  TimePoint now;
  AuditEvent audit;
};
struct JobLine {
  std::uint32_t line = 0;
  std::string outcome;  ///< created, exists, failed
  std::optional<Uuid> userId;
  std::string error;
  std::string field;
};
struct JobRecord {
  Uuid id;
  std::string kind;
  std::string state;  ///< running, done, failed; interrupted: its process ended in the middle
  std::uint32_t total = 0;
  std::uint32_t created = 0;
  std::uint32_t existing = 0;
  std::uint32_t failed = 0;
  TimePoint createdAt;
  TimePoint updatedAt;
  std::vector<JobLine> lines;
};

struct JobQuery {
  using Out = std::optional<JobRecord>;
  static constexpr const char* kName = "users.findJob";

  Uuid id;
  std::uint32_t afterLine = 0;
  std::uint32_t limit = 500;
  TimePoint now;
};

}  // namespace ks
