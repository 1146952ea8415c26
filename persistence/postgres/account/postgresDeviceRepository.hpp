#pragma once
#include "persistence/deviceRepositoryInterface.hpp"

namespace ks {

class PostgresPipeline;

/// DeviceRepositoryInterface over one PostgreSQL connection.
class PostgresDeviceRepository final : public DeviceRepositoryInterface {
 public:
  explicit PostgresDeviceRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void changeSessionDevice(ChangeSessionDevice change, Reply<bool> reply) override;
  void noteNewDevice(NoteNewDevice note, Reply<bool> reply) override;
  void requestDeviceLink(RequestDeviceLink link, Reply<Done> reply) override;
  void useDeviceLink(UseDeviceLink use, Reply<TokenOwner> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
