#include "test/simulation/account/invariants.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace ks::sim {

void StepInvariants::check(SimWorld& world) {
  for (std::size_t i = 0; i < 2; ++i) {
    auto& process = world.process(i);
    if (process.hashesInFlight() > process.policy.hashesInFlight) {
      world.ledger.violate("more hashes in flight than the limit");
    }
    if (!process.gaveUp.empty()) {
      world.ledger.violate("a supervisor gave up within its budget: " + process.gaveUp);
    }
  }
  for (const auto& [id, record] : world.database->sessions) {
    auto& counter = counters_[id];
    if (record.refreshCounter < counter || record.refreshCounter > counter + 1) {
      world.ledger.violate("a refresh counter went from " + std::to_string(counter) + " to " +
                           std::to_string(record.refreshCounter));
    }
    counter = record.refreshCounter;
    const auto& methods = record.session.methods;
    const bool byFactor = std::any_of(methods.begin(), methods.end(), [](const std::string& method) {
      return method == "otp" || method == "recovery_code";
    });
    if (record.session.assuranceLevel > 1 && !byFactor) {
      world.ledger.violate("a session has gained assurance without a factor");
    }
    if (record.revokedAt) {
      revoked_.emplace(id, *record.revokedAt);
    } else if (revoked_.contains(id)) {
      world.ledger.violate("a session that had ended lives again");
    }
  }
}

namespace {

/// Every session has one event of its opening, and two factors of a factor only: a password neither gives nor
/// keeps them.
void checkOpenings(SimWorld& world) {
  for (const auto& [id, record] : world.database->sessions) {
    int openings = 0;
    bool byFactor = false;
    for (const auto& [eventId, event] : world.database->audit) {
      const bool opens = event.action == "auth.login" || event.action == "auth.mfa.enrol" ||
                         event.action == "auth.reauthenticate";
      if (!opens || event.sessionId != id) {
        continue;
      }
      ++openings;
      for (const auto& [name, value] : event.after) {
        byFactor = byFactor || name == "type" || (name == "method" && value.text != "password");
      }
    }
    if (openings != 1) {
      world.ledger.violate("a session has " + std::to_string(openings) + " audit entries of its opening");
    }
    if (record.session.assuranceLevel > 1 && !byFactor) {
      world.ledger.violate("a session was lifted by a password");
    }
  }
}

/// An address has one account at most; a claim has neither sessions nor, beside an account, links.
void checkClaims(SimWorld& world) {
  auto& database = *world.database;
  std::set<std::string> owned;
  for (const auto& [id, user] : database.users) {
    if (user.status != UserStatus::deleted && !database.claims.contains(id) &&
        !owned.insert(user.email).second) {
      world.ledger.violate("an address has two accounts");
    }
  }
  for (const auto& [id, record] : database.sessions) {
    if (database.claims.contains(record.session.userId)) {
      world.ledger.violate("a claim has a session");
    }
  }
  for (const auto* tokens : {&database.verificationTokens, &database.resetTokens}) {
    for (const auto& [hash, token] : *tokens) {
      if (!token.consumedAt && owned.contains(token.email) && database.claims.contains(token.userId)) {
        world.ledger.violate("the link of a claim is good although the address has an account");
      }
    }
  }
}

}  // namespace

void checkAtEnd(SimWorld& world) {
  // Each has a row of its own, also where the address is claimed by several or has an account.
  for (const auto& [email, acknowledged] : world.ledger.registered) {
    const auto stored = std::count_if(world.database->users.begin(), world.database->users.end(),
                                      [&](const auto& entry) { return entry.second.email == email; });
    if (stored < acknowledged) {
      world.ledger.violate("an acknowledged registration is not in the database");
    }
  }
  checkOpenings(world);
  checkClaims(world);
  std::uint64_t restarts = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    auto& process = world.process(i);
    if (process.hashesInFlight() != 0) {
      world.ledger.violate("hashes in flight leaked: " + std::to_string(process.hashesInFlight()));
    }
    for (const auto& child : process.children) {
      const auto snapshot = process.directory.probe(child.name, "")->snapshot();
      restarts += snapshot.restarts();
      if (!snapshot.running) {
        world.ledger.violate(child.name + " was not started again");
      }
    }
    const auto report = process.healthBoard->latest();
    if (!report || !report->healthy()) {
      world.ledger.violate("process " + process.name + " is not healthy although nothing fails");
    }
    if (!process.listening()) {
      world.ledger.violate("process " + process.name + " does not listen although the database is there");
    }
  }
  if (restarts > world.killed) {
    world.ledger.violate("actors died that nobody killed");
  }
}

}  // namespace ks::sim
