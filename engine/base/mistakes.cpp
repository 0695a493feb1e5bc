// SPDX-License-Identifier: Apache-2.0
#include "engine/base/mistakes.h"

namespace gridloom {
namespace {

std::string kind_of(const Reason& reason) { return plain_text({reason.code, {}, reason.where}); }

}  // namespace

void Mistakes::add(Reason reason) {
  Alike& alike = alike_[kind_of(reason)];
  if (alike.count >= kMostAlike) {
    ++alike.count;
    return;
  }
  if (!known_.try_emplace(plain_text(reason), told_.size()).second) return;
  ++alike.count;
  alike.last = told_.size();
  told_.push_back(std::move(reason));
}

void Mistakes::add(const DataError& error) {
  if (const auto* several = dynamic_cast<const DataErrors*>(&error))
    for (const Reason& reason : several->all()) add(reason);
  else
    add(error.reason());
}

void Mistakes::add(const Mistakes& other) {
  for (const Reason& reason : other.list()) add(reason);
}

std::vector<Reason> Mistakes::list() const {
  std::vector<Reason> all;
  for (std::size_t i = 0; i < told_.size(); ++i) {
    all.push_back(told_[i]);
    const Alike& alike = alike_.at(kind_of(told_[i]));
    if (alike.last == i && alike.count > kMostAlike)
      all.push_back({"more_alike", {{"mistakes", alike.count - kMostAlike}}, told_[i].where});
  }
  return all;
}

void Mistakes::raise() const {
  std::vector<Reason> all = list();
  if (all.size() > 1) throw DataErrors(std::move(all));
  if (!all.empty()) throw DataError(std::move(all.front()));
}

}  // namespace gridloom
