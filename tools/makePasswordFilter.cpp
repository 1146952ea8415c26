// makePasswordFilter LIST OUTPUT: the filter of a list of passwords, one a line. Run by the build.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "core/sketch/passwordFilter.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: makePasswordFilter LIST OUTPUT\n";
    return 64;
  }
  std::ifstream list(argv[1], std::ios::binary);
  std::vector<std::string> passwords;
  for (std::string line; std::getline(list, line);) {
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    if (auto form = ks::passwordFilterForm(line)) {
      passwords.push_back(std::move(*form));
    }
  }
  std::sort(passwords.begin(), passwords.end());
  passwords.erase(std::unique(passwords.begin(), passwords.end()), passwords.end());
  const auto file = ks::makePasswordFilter(passwords);
  const auto filter = ks::PasswordFilter::open(file);
  if (passwords.empty() || !filter || filter->falsePositives() > ks::PasswordFilter::kMostFalsePositives) {
    std::cerr << argv[1] << " has no passwords, or too many for the filter\n";
    return 1;
  }
  std::ofstream output(argv[2], std::ios::binary);
  output.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  output.close();
  return output ? 0 : 1;
}
