// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/zoo.h"

#include <fmt/format.h>

#include <string>

#include "zoo_definitions.h"

namespace kernwise {
namespace detail {

// Parameters and giga-MACs as torchvision publishes them with its weights
// (https://pytorch.org/vision/stable/models.html, "num_params" and "_ops").
const std::vector<ZooDefinition>& zoo_definitions() {
  static const std::vector<ZooDefinition> kDefinitions = {
      {{"alexnet", "Krizhevsky 2014, arXiv:1404.5997; torchvision", 224, 61'100'840, 0.714},
       build_alexnet},
      {{"vgg11", "Simonyan & Zisserman 2014, arXiv:1409.1556; torchvision", 224, 132'863'336,
        7.609},
       build_vgg11},
      {{"vgg16", "Simonyan & Zisserman 2014, arXiv:1409.1556; torchvision", 224, 138'357'544,
        15.470},
       build_vgg16},
      {{"vgg19", "Simonyan & Zisserman 2014, arXiv:1409.1556; torchvision", 224, 143'667'240,
        19.632},
       build_vgg19},
      {{"resnet18", "He et al. 2015, arXiv:1512.03385; torchvision", 224, 11'689'512, 1.814},
       build_resnet18},
      {{"resnet34", "He et al. 2015, arXiv:1512.03385; torchvision", 224, 21'797'672, 3.664},
       build_resnet34},
      {{"resnet50", "He et al. 2015, arXiv:1512.03385; torchvision (v1.5)", 224, 25'557'032, 4.089},
       build_resnet50},
      {{"googlenet", "Szegedy et al. 2014, arXiv:1409.4842; torchvision", 224, 6'624'904, 1.498},
       build_googlenet},
      {{"squeezenet1_1", "Iandola et al. 2016, arXiv:1602.07360; torchvision", 224, 1'235'496,
        0.349},
       build_squeezenet1_1},
      {{"mobilenet_v2", "Sandler et al. 2018, arXiv:1801.04381; torchvision", 224, 3'504'872,
        0.301},
       build_mobilenet_v2},
      {{"mnasnet1_0", "Tan et al. 2018, arXiv:1807.11626; torchvision", 224, 4'383'312, 0.314},
       build_mnasnet1_0},
      {{"densenet121", "Huang et al. 2016, arXiv:1608.06993; torchvision", 224, 7'978'856, 2.834},
       build_densenet121},
      // Published with the auxiliary classifier: 27'161'264, of which that has 3'326'696.
      {{"inception_v3", "Szegedy et al. 2015, arXiv:1512.00567; torchvision, no aux", 299,
        23'834'568, 5.713},
       build_inception_v3},
      {{"shufflenet_v2_x1_0", "Ma et al. 2018, arXiv:1807.11164; torchvision", 224, 2'278'604,
        0.145},
       build_shufflenet_v2_x1_0},
      {{"efficientnet_b0", "Tan & Le 2019, arXiv:1905.11946; torchvision", 224, 5'288'548, 0.386},
       build_efficientnet_b0},
      // Not published in this size; the numbers are those of the sum in zoo_test.cc.
      {{"esrgan_small", "after Wang et al. 2018, arXiv:1809.00219; our own size", 64, 218'755,
        2.193},
       build_esrgan_small},
  };
  return kDefinitions;
}

}  // namespace detail

const std::vector<ZooEntry>& zoo_entries() {
  static const std::vector<ZooEntry> kEntries = [] {
    std::vector<ZooEntry> entries;
    for (const auto& definition : detail::zoo_definitions()) entries.push_back(definition.entry);
    return entries;
  }();
  return kEntries;
}

Result<Network> build_zoo_network(std::string_view name, int64_t batch, uint64_t seed) {
  if (batch < 1 || batch > kMaxZooBatch) {
    return invalid_input(fmt::format("a batch of {} images is not possible", batch),
                         fmt::format("choose one between 1 and {}", kMaxZooBatch));
  }
  std::string known;
  for (const auto& [entry, build] : detail::zoo_definitions()) {
    if (entry.name == name) {
      return build(detail::NetworkBuilder(std::string(name), batch, seed), entry.image_size);
    }
    known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
  }
  return invalid_input(fmt::format("no built-in network is called '{}'", name.substr(0, 80)),
                       "choose one of " + known);
}

}  // namespace kernwise
