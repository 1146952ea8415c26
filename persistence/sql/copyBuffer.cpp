#include "persistence/sql/copyBuffer.hpp"

namespace ks {
namespace {
constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
}

void CopyBuffer::clear() {
  buffer_.assign(kSignature);
  sqlEncoding::appendInt32(buffer_, 0);  // flags
  sqlEncoding::appendInt32(buffer_, 0);  // length of the header's extension
  rows_ = 0;
}

CopyBuffer& CopyBuffer::row(std::int16_t fields) {
  sqlEncoding::appendInt16(buffer_, fields);
  ++rows_;
  return *this;
}

CopyBuffer& CopyBuffer::null(SqlType) {
  sqlEncoding::appendInt32(buffer_, -1);
  return *this;
}

std::string& CopyBuffer::open(SqlType) {
  lengthAt_ = buffer_.size();
  sqlEncoding::appendInt32(buffer_, 0);
  return buffer_;
}

void CopyBuffer::close() {
  sqlEncoding::patchInt32(buffer_, lengthAt_, static_cast<std::int32_t>(buffer_.size() - lengthAt_ - 4));
}

std::string_view CopyBuffer::finish() {
  sqlEncoding::appendInt16(buffer_, -1);
  return buffer_;
}

}  // namespace ks
