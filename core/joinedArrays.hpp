#pragma once
#include <array>
#include <cstddef>
#include <utility>

namespace ks {

namespace detail {
template <class T, std::size_t... First, std::size_t... Second>
constexpr std::array<T, sizeof...(First) + sizeof...(Second)> joinedByIndex(
    const std::array<T, sizeof...(First)>& first, std::index_sequence<First...> /*unused*/,
    const std::array<T, sizeof...(Second)>& second, std::index_sequence<Second...> /*unused*/) {
  return {first[First]..., second[Second]...};
}
}  // namespace detail

/// One constant array of two, so that a long table may stand in several files.
template <class T, std::size_t First, std::size_t Second>
constexpr std::array<T, First + Second> joinedArrays(const std::array<T, First>& first,
                                                     const std::array<T, Second>& second) {
  return detail::joinedByIndex(first, std::make_index_sequence<First>{}, second,
                               std::make_index_sequence<Second>{});
}

}  // namespace ks
