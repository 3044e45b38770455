// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which channels of a network share a fate. Every tensor gets one id for each element along its
// second dimension (several dimensions, where a reshape has split it); ids that must go together
// are joined (union-find), and id 0 is all that must stay.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

using ChannelIds = std::vector<int>;

class ChannelTies {
 public:
  // `values` is what was inferred for the network.
  static ChannelTies trace(const Network& network, const InferredValues& values);

  int root(int id) const;
  // Of a tensor, in the order of its channels; empty where nothing is known of it.
  const ChannelIds& of(const std::string& tensor) const;

  // A node that makes channels: a convolution, a matrix product.
  struct Producer {
    std::size_t node = 0;
    ChannelIds ids;
  };
  const std::vector<Producer>& producers() const { return producers_; }
  int count() const { return static_cast<int>(parents_.size()); }

 private:
  ChannelTies(const Network& network, const InferredValues& values)
      : network_(network), values_(values) {}
  void run();
  void take(std::size_t at);
  void take_conv(std::size_t at);
  void take_matrix(std::size_t at);
  void take_reshape(const Node& node);
  void take_transpose(const Node& node);
  void take_elementwise(const Node& node);
  void take_parts(const Node& node);
  void freeze(const Node& node);

  bool computed(const std::string& tensor) const;
  int64_t channels(const std::string& tensor) const;  // elements along the second dimension
  ChannelIds fresh(int64_t count);
  void join(int a, int b);
  void join(const ChannelIds& a, const ChannelIds& b);
  void tie_groups(const ChannelIds& ids, int64_t groups);
  void set(const std::string& tensor, ChannelIds ids) { ids_[tensor] = std::move(ids); }

  const Network& network_;
  const InferredValues& values_;
  mutable std::vector<int> parents_ = {0};
  std::map<std::string, ChannelIds> ids_;
  std::vector<Producer> producers_;
};

}  // namespace kernwise::detail
