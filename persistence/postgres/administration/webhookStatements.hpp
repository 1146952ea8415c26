#pragma once
#include "persistence/sql/sqlStatement.hpp"

namespace ks::webhookStatements {

extern const SqlStatement kList;
extern const SqlStatement kFind;
/// $1 id, $2 url, $3 description, $4 events, $5 secret, $6 by, $7 now, $8 most, $9 audit event.
extern const SqlStatement kAdd;
/// $1 id, $2 expected version, $3 url, $4 description, $5 events, $6 active, $7 now, $8 audit event; NULL
/// stays.
extern const SqlStatement kChange;
/// $1 id, $2 secret, $3 old one until, $4 now, $5 audit event.
extern const SqlStatement kChangeSecret;
/// $1 id, $2 audit event.
extern const SqlStatement kRemove;
/// $1 limit.
extern const SqlStatement kNewEvents;
extern const SqlStatement kSubscriptions;
/// $1 cursor, $2 up to, $3 deliveries, $4 now, $5 most that may wait.
extern const SqlStatement kEnqueue;
/// $1 delivery, $2 now.
extern const SqlStatement kEnqueueOne;
/// $1 limit, $2 of one webhook, $3 busy webhooks, $4 now, $5 lease until.
extern const SqlStatement kClaim;
/// $1 id, $2 delivered, $3 next attempt, $4 status, $5 error, $6 now.
extern const SqlStatement kSettle;
/// $1 now.
extern const SqlStatement kGiveUp;
/// $1 created before, $2 limit.
extern const SqlStatement kForget;
/// $1 webhook, $2 status, $3 created before, $4 id, $5 limit.
extern const SqlStatement kDeliveries;
/// $1 id, $2 now, $3 audit event.
extern const SqlStatement kRedeliver;

}  // namespace ks::webhookStatements
