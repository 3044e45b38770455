// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/registry.h"

#include <hwy/highway.h>

#include <iterator>

#include "conv/gemm.h"
#include "conv/xsmm.h"
#include "factories.h"
#include "kernels/eigen_kernels.h"
#include "kernels/fftw_transforms.h"
#include "kernels/ublas_kernels.h"
#include "kernwise/primitives/resource.h"
#include "onednn/library.h"
#include "xnnpack/library.h"

namespace kernwise {
namespace {

// The order: what usually wins comes first, so that ties go to the likelier choice.
detail::Primitives make_table() {
  detail::Primitives table;
  const auto append = [&table](detail::Primitives part) {
    table.insert(table.end(), std::make_move_iterator(part.begin()),
                 std::make_move_iterator(part.end()));
  };
  append(detail::onednn_convolutions());
  append(detail::winograd_convolutions());
  append(detail::fft_convolutions());
  append(detail::depthwise_convolutions());
  append(detail::direct_convolutions());
  append(detail::gemm_convolutions());
  append(detail::xnnpack_primitives());
  append(detail::onednn_operators());
  append(detail::own_operators());
  append(detail::onednn_transforms());
  append(detail::own_transforms());
  append(detail::onednn_int8());
  append(detail::matrix_kernels());
  append(detail::cuda_primitives());
  append(detail::device_variants("opencl"));
  return table;
}

}  // namespace

const std::vector<std::unique_ptr<const Primitive>>& all_primitives() {
  static const detail::Primitives table = make_table();
  return table;
}

const Primitive* find_primitive(std::string_view id) {
  for (const auto& primitive : all_primitives())
    if (primitive->info().id == id) return primitive.get();
  return nullptr;
}

std::vector<Candidate> candidates(const Problem& problem, const Execution& execution) {
  std::string refusal;  // of everything, where the question itself is wrong
  if (const Status status = validate(problem); !status.ok()) refusal = status.error().message;
  if (execution.threads < 1) refusal = "at least one thread is needed";

  std::vector<Candidate> found;
  for (const auto& primitive : all_primitives()) {
    if (primitive->info().kind != problem.kind()) continue;
    if (!belongs_to(primitive->info(), execution)) continue;
    found.push_back({primitive.get(), refusal.empty() ? primitive->supports(problem, execution)
                                                      : Applicability(Refused{refusal})});
  }
  return found;
}

bool belongs_to(const PrimitiveInfo& info, const Execution& execution) {
  if (info.precision != Precision::kFp32 && !execution.int8) return false;
  return info.resource == resource_class(execution.resource);
}

std::string library_versions(std::string_view resource) {
  if (resource == "cpu") return library_versions();
  const Resource* found = find_resource(resource);
  // The number is part of it: two cards of one model are two devices.
  return std::string(resource) + (found ? " " + found->description() : std::string());
}

std::string library_versions() {
  const auto part = [](int number) { return std::to_string(number); };
  std::string versions = "onednn-" + detail::dnn_version() + " hwy-" + part(HWY_MAJOR) + "." +
                         part(HWY_MINOR) + "." + part(HWY_PATCH);
  for (const std::string& library :
       {detail::xnn_version(), detail::openblas_version(), detail::xsmm_version()}) {
    if (!library.empty()) versions += " " + library;
  }
  return versions;
}

std::string session_library_versions(std::string_view resource) {
  std::string versions = library_versions(resource);
  if (resource != "cpu") return versions;
  for (const std::string& library :
       {detail::eigen_version(), detail::ublas_version(), detail::fftw_version()}) {
    if (!library.empty()) versions += " " + library;
  }
  return versions;
}

}  // namespace kernwise
