#pragma once
#include "persistence/personalDataRepositoryInterface.hpp"

namespace ks {

class PostgresPipeline;

/// PersonalDataRepositoryInterface over a pipeline, which must outlive it.
class PostgresPersonalDataRepository final : public PersonalDataRepositoryInterface {
 public:
  explicit PostgresPersonalDataRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void ownActivity(OwnActivityQuery query, Reply<OwnActivityPage> reply) override;
  void orderExport(OrderDataExport order, Reply<DataExport> reply) override;
  void findExport(FindDataExport query, Reply<std::optional<FoundDataExport>> reply) override;
  void claimExport(TimePoint now, TimePoint leaseUntil,
                   Reply<std::optional<ClaimedDataExport>> reply) override;
  void finishExport(FinishDataExport finished, Reply<Done> reply) override;
  void scheduleDeletion(ScheduleDeletion deletion, Reply<ScheduledDeletion> reply) override;
  void cancelledDeletions(Reply<std::vector<CancelledDeletion>> reply) override;
  void noteCancelledDeletion(NoteCancelledDeletion note, Reply<Done> reply) override;
  void deleteDueAccount(TimePoint now, AuditEvent audit, Reply<std::optional<DeletedAccount>> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
