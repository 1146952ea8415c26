#pragma once
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "persistence/deviceRepositoryInterface.hpp"
#include "persistence/memory/memoryQueue.hpp"

namespace ks {

/// DeviceRepositoryInterface on a MemoryDatabase, as MemoryAccountRepository.
class MemoryDeviceRepository final : public DeviceRepositoryInterface {
 public:
  explicit MemoryDeviceRepository(MemoryQueue& queue) : queue_(queue) {}

  void changeSessionDevice(ChangeSessionDevice change, Reply<bool> reply) override;
  void noteNewDevice(NoteNewDevice note, Reply<bool> reply) override;
  void requestDeviceLink(RequestDeviceLink link, Reply<Done> reply) override;
  void useDeviceLink(UseDeviceLink use, Reply<TokenOwner> reply) override;

 private:
  MemoryQueue& queue_;
};

}  // namespace ks
