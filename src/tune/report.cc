// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// JSON of a tuning.
#include "tune/report.h"

#include <nlohmann/json.hpp>

namespace tenon::tune {

namespace {

using Json = nlohmann::ordered_json;

Json ports(const std::vector<kernel::Port>& list, const Alternative* absorbing) {
  Json texts = Json::array();
  for (size_t i = 0; i < list.size(); ++i) {
    const bool absorbed = absorbing != nullptr && absorbing->absorbs(i);
    texts.push_back(absorbed ? "packed" : kernel::to_string(list[i].layout));
  }
  return texts;
}

Json infos(const std::vector<kernel::PortInfo>& list) {
  Json texts = Json::array();
  for (const kernel::PortInfo& info : list) {
    if (!info.present) {
      texts.push_back(nullptr);
      continue;
    }
    std::string text = fmt::format("{} {}", to_string(info.dtype), to_string(info.opt));
    if (!info.is_static()) {
      text += fmt::format(" ({} … {})", to_string(info.min), to_string(info.max));
    }
    texts.push_back(info.constant != nullptr ? "constant " + text : text);
  }
  return texts;
}

Json of(const Work& work, const Alternative& one) {
  Json json;
  json["kernel"] = work.kernel_of(one);
  json["inputs"] = ports(one.configuration.inputs, &one);
  json["outputs"] = ports(one.configuration.outputs, nullptr);
  json["tactic"] = one.tactic;
  json["threads"] = one.threads;
  // Not whether it is from the cache: a build that fills it and one that reads it are one file.
  if (one.origin != TimeOrigin::None) json["ms"] = one.ms;
  if (!one.alive()) json["refusal"] = one.refusal;
  if (one.chosen) json["chosen"] = true;
  return json;
}

Json of(const Work& work) {
  Json json;
  json["name"] = work.info.name;
  json["op"] = ops::name_of(*work.info.op);
  json["sources"] = work.node->sources;
  json["inputs"] = infos(work.info.inputs);
  json["outputs"] = infos(work.info.outputs);
  json["refusals"] = Json::array();
  for (const Refusal& refusal : work.refusals) {
    json["refusals"].push_back({{"who", refusal.who}, {"reason", refusal.reason}});
  }
  json["alternatives"] = Json::array();
  for (const Alternative& one : work.alternatives) json["alternatives"].push_back(of(work, one));
  return json;
}

Json of(const NetworkEnd& end) {
  Json allowed = Json::array();
  for (const kernel::Layout& layout : end.allowed) allowed.push_back(kernel::to_string(layout));
  return {{"name", end.value->name},
          {"output", end.is_output},
          {"layout", kernel::to_string(end.chosen)},
          {"allowed", allowed}};
}

Json of(const std::string& what, const Reformat& reformat) {
  if (!reformat.refusal.empty()) return {{"what", what}, {"refusal", reformat.refusal}};
  return {{"what", what},
          {"threads", reformat.threads},
          {"ms", reformat.ms},
          {"measured", reformat.measured}};
}

}  // namespace

std::string report(std::string_view network, const Works& works,
                   const std::vector<NetworkEnd>& ends, Tuner& tuner,
                   const std::vector<QuantisedRow>& quantised) {
  Json json;
  json["network"] = network;
  json["target"] = tuner.options().target.fingerprint();
  json["level"] = tuner.options().level;
  double total = 0;
  for (const auto& work : works) total += work->alternatives[work->chosen()].ms;
  json["total_ms"] = total;
  json["nodes"] = Json::array();
  for (const auto& work : works) json["nodes"].push_back(of(*work));
  json["ends"] = Json::array();
  for (const NetworkEnd& end : ends) json["ends"].push_back(of(end));
  json["reformats"] = Json::array();
  for (const auto& [what, reformat] : tuner.reformats().all()) {
    json["reformats"].push_back(of(what, reformat));
  }
  for (const QuantisedRow& row : quantised) {
    json["quantised"].push_back({{"tensor", row.tensor},
                                 {"stands_for", row.stands_for},
                                 {"type", row.type},
                                 {"scale", row.scale},
                                 {"zero", row.zero},
                                 {"source", row.source}});
  }
  // Names come from models and may be no UTF-8: such bytes are replaced, not thrown over.
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tenon::tune
