#include "persistence/migration/serverRole.hpp"

#include <array>
#include <string_view>

namespace ks {
namespace {

constexpr std::array<std::string_view, 7> kExcess{
    "it is a superuser",
    "it may create roles",
    "it may create databases",
    "it passes row security or replicates",
    "it owns the tables",
    "it may change the audit trail",
    "it may read or write files or run programs on the database server"};

// One boolean for each of kExcess.
const SqlStatement kRole{
    "role.read",
    "SELECT r.rolname::text, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls OR r.rolreplication, "
    "pg_has_role(r.oid, c.relowner, 'MEMBER'), "
    "has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'), "
    "pg_has_role(r.oid, 'pg_read_server_files', 'MEMBER') OR pg_has_role(r.oid, 'pg_write_server_files', "
    "'MEMBER') OR pg_has_role(r.oid, 'pg_execute_server_program', 'MEMBER') "
    "FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = 'audit_log'::regclass"};

const SqlStatement kKeepAudit{"role.keepAudit", "UPDATE audit_chain SET keep_days = $1"};
const SqlStatement kGrant{"role.grant", "SELECT grant_to_servers($1::text::name)::text"};

}  // namespace

Result<DatabaseRole> readDatabaseRole(PostgresSession& session) {
  auto rows = session.connectAndExec(kRole);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  if (rows.value().empty()) {
    return makeFault(ErrorCode::internal, "PostgreSQL does not know the role of its own connection");
  }
  const auto row = rows.value().row(0);
  DatabaseRole role{std::string(row.text(0)), {}};
  for (std::size_t i = 0; i < kExcess.size(); ++i) {
    if (row.boolean(static_cast<int>(i) + 1)) {
      role.excess.emplace_back(kExcess[i]);
    }
  }
  return role;
}

Result<Done> grantToServers(PostgresSession& owner, const std::string& role) {
  return owner.connectAndExec(kGrant, SqlParameters().text(role)).then(readDone);
}

Result<Done> keepAuditTrail(PostgresSession& owner, int days) {
  return owner.connectAndExec(kKeepAudit, SqlParameters().int4(days)).then(readDone);
}

}  // namespace ks
