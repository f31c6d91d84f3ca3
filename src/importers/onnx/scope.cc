// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Looking names up, and making constants of initializers when they are first read.
#include "importers/onnx/scope.h"

namespace tenon::onnx {

std::string Session::unique_name(std::string_view wanted) {
  const auto [entry, fresh] = names_.try_emplace(std::string(wanted), 0);
  if (fresh) return entry->first;
  const std::string stem = entry->first;
  size_t& tried = entry->second;
  std::string made;
  do {
    made = stem + '_' + std::to_string(++tried);
  } while (names_.contains(made));
  names_.emplace(made, 0);
  return made;
}

bool Scope::add_initializer(const wire::Tensor& tensor) {
  return initializers_.emplace(tensor.name, &tensor).second;
}

bool Scope::bind(std::string_view name, ir::Value* value) {
  if (initializers_.contains(name)) return false;
  return entries_.emplace(name, Entry{State::Known, value}).second;
}

Result<Scope::Entry> Scope::find(std::string_view name, Diagnostics& diag) {
  if (const auto entry = entries_.find(name); entry != entries_.end()) return entry->second;
  const auto initializer = initializers_.find(name);
  if (initializer == initializers_.end()) {
    if (outer_ == nullptr) return Entry{};
    TENON_ASSIGN(Entry found, outer_->find(name, diag));
    if (hand_in_ && found.value != nullptr && found.value->constant() == nullptr) {
      TENON_ASSIGN(found.value, hand_in_(found.value));
    }
    return found;
  }
  const auto& given = session_.options.initializers;
  const auto own = given.find(name);
  auto data = own == given.end()
                  ? session_.tensors.constant(*initializer->second, diag)
                  : TensorReader::constant_of(*initializer->second, own->second, diag);
  if (!data.ok()) {
    mark_broken(name);
    return data.status();
  }
  ir::Value* value =
      session_.graph.add_constant(std::move(data).value(), prefix_ + std::string(name));
  value->producer()->name = session_.unique_name(value->name);
  session_.named.insert(value);
  return entries_[name] = Entry{State::Known, value};
}

int64_t Scope::opset(std::string_view domain) const noexcept {
  for (const wire::OperatorSet& set : sets_) {
    if (set.domain == domain || (is_own_domain(set.domain) && is_own_domain(domain))) {
      return set.version;
    }
  }
  return 0;
}

}  // namespace tenon::onnx
