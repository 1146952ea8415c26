#pragma once
#include "core/result.hpp"
#include "messages/deviceRecords.hpp"

namespace ks {

/// What sessions have to do with devices. Rules as AccountRepositoryInterface has them.
class DeviceRepositoryInterface {
 public:
  virtual ~DeviceRepositoryInterface() = default;

  /// Whether this call changed it.
  virtual void changeSessionDevice(ChangeSessionDevice change, Reply<bool> reply) = 0;
  /// Whether there was something to tell.
  virtual void noteNewDevice(NoteNewDevice note, Reply<bool> reply) = 0;
};

}  // namespace ks
