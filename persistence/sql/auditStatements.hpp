#pragma once

/// A WITH query that notes the audit event of an operation in the operation's own statement: once for each
/// row of `source`. `event` is the SQL of a jsonb value made of formatAuditJson(), NULL: none; it may use the
/// columns of `source`, as in "$3 || jsonb_build_object('target_id', source.id)" FROM "made AS source".
#define KS_AUDIT_CTE(event, source)                       \
  "INSERT INTO audit_pending SELECT noted.* FROM " source \
  ", jsonb_populate_record(NULL::audit_pending, " event   \
  ") noted WHERE noted.id IS NOT NULL "                   \
  "ON CONFLICT (id) DO NOTHING"
