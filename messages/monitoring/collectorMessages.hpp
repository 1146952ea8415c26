#pragma once
#include <memory>
#include <string>
#include <vector>

#include "messages/monitoring/collectorRecords.hpp"
#include "messages/monitoring/liveFeed.hpp"
#include "messages/monitoring/logImport.hpp"
#include "messages/monitoring/monitoringTypeIds.hpp"

// Messages between the collector's actors. They have a type-id block of their own: a process that collects
// calls caf::init_global_meta_objects<caf::id_block::kCollector>() after kMonitoring's.
namespace ks {

struct LockNode {
  std::string node;
};
struct LoadLogFiles {
  std::string node;
  std::string source;
};
struct RegisterLogFile {
  LogFileRecord file;
  std::size_t knownAlike = 0;
};
struct UpdateLogFile {
  LogFileRecord file;
};
struct StoreLogBatch {
  std::shared_ptr<const IngestBatch> batch;
};
struct IngestAnswer {
  IngestOutcome outcome = IngestOutcome::stored;
};
/// Answered at once; a file that cannot be read is `failed`.
struct ImportLogFile {
  std::string path;
};
/// Lines that are in the database now.
struct CommittedLines {
  std::shared_ptr<const IngestBatch> batch;
};
struct SubscribeLive {
  std::shared_ptr<LiveListenerInterface> listener;
};
/// How far that is; `notFound` when no such import is known.
struct LogImportQuery {
  std::string path;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kCollector, caf::id_block::kMonitoring::end)
CAF_ADD_TYPE_ID(kCollector, (ks::LockNode))
CAF_ADD_TYPE_ID(kCollector, (ks::LoadLogFiles))
CAF_ADD_TYPE_ID(kCollector, (std::vector<ks::LogFileRecord>))
CAF_ADD_TYPE_ID(kCollector, (ks::RegisterLogFile))
CAF_ADD_TYPE_ID(kCollector, (ks::LogFileRecord))
CAF_ADD_TYPE_ID(kCollector, (ks::UpdateLogFile))
CAF_ADD_TYPE_ID(kCollector, (ks::StoreLogBatch))
CAF_ADD_TYPE_ID(kCollector, (ks::IngestAnswer))
CAF_ADD_TYPE_ID(kCollector, (ks::ImportLogFile))
CAF_ADD_TYPE_ID(kCollector, (ks::LogImportQuery))
CAF_ADD_TYPE_ID(kCollector, (ks::LogImportProgress))
CAF_ADD_TYPE_ID(kCollector, (ks::ViolationBatch))
CAF_ADD_TYPE_ID(kCollector, (ks::RetentionPlan))
CAF_ADD_TYPE_ID(kCollector, (ks::RetentionReport))
CAF_ADD_TYPE_ID(kCollector, (ks::CommittedLines))
CAF_ADD_TYPE_ID(kCollector, (ks::SubscribeLive))
CAF_END_TYPE_ID_BLOCK(kCollector)

namespace ks {

/// The collector's one writer: positions, rows, rollups, violations, partitions. Answers in the order of the
/// requests; a fault means that the same may be asked again.
using IngestActor = caf::typed_actor<
    // Whether this process collects the node's files.
    caf::result<bool>(LockNode), caf::result<std::vector<LogFileRecord>>(LoadLogFiles),
    caf::result<LogFileRecord>(RegisterLogFile), caf::result<IngestAnswer>(UpdateLogFile),
    caf::result<IngestAnswer>(StoreLogBatch), caf::result<Done>(ViolationBatch),
    caf::result<RetentionReport>(RetentionPlan)>;

/// Follows one log file.
using LogTailActor =
    caf::typed_actor<caf::result<void>(TickAtom), caf::result<LogImportProgress>(ImportLogFile),
                     caf::result<LogImportProgress>(LogImportQuery)>;
/// Empties the gateway's list of violations.
using ViolationDrainActor = caf::typed_actor<caf::result<void>(TickAtom)>;
/// Makes and drops partitions.
using RetentionActor = caf::typed_actor<caf::result<void>(TickAtom)>;
/// Sums up stored lines once a second for those who watch; idle while nobody does.
using LiveFeedActor = caf::typed_actor<caf::result<void>(CommittedLines), caf::result<void>(TickAtom),
                                       // overloaded: too many listen.
                                       caf::result<Done>(SubscribeLive)>;

}  // namespace ks
