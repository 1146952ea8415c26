#pragma once

namespace ks {

/// `k-admin migrate up | down VERSION | status`: the schema's history. Exit status as runServer().
int runMigrateCommand(int argc, char** argv);

}  // namespace ks
