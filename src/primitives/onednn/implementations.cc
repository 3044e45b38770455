// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/implementations.h"

#include <array>

namespace kernwise::detail {
namespace {

using Iterator = std::unique_ptr<dnnl_primitive_desc_iterator,
                                 DnnDestroy<dnnl_primitive_desc_iterator_destroy>>;

}  // namespace

void for_each_implementation(
    const_dnnl_op_desc_t operation, const_dnnl_primitive_attr_t attributes,
    const std::function<bool(std::string_view, DnnImplementation)>& visit) {
  dnnl_primitive_desc_iterator_t created = nullptr;
  if (dnnl_primitive_desc_iterator_create(&created, operation, attributes, dnn_engine(),
                                          nullptr) != dnnl_success)
    return;
  const Iterator iterator(created);
  do {
    DnnImplementation implementation(dnnl_primitive_desc_iterator_fetch(created));
    if (!implementation) return;
    const std::string name = dnn_name(implementation.get());
    if (!visit(name, std::move(implementation))) return;
  } while (dnnl_primitive_desc_iterator_next(created) == dnnl_success);
}

DnnImplementation find_implementation(const_dnnl_op_desc_t operation,
                                      const_dnnl_primitive_attr_t attributes,
                                      std::string_view name) {
  DnnImplementation found;
  for_each_implementation(operation, attributes,
                          [&](std::string_view offered, DnnImplementation implementation) {
                            if (offered != name) return true;
                            found = std::move(implementation);
                            return false;
                          });
  return found;
}

DnnImplementation first_implementation(const_dnnl_op_desc_t operation,
                                       const_dnnl_primitive_attr_t attributes) {
  DnnImplementation found;
  for_each_implementation(operation, attributes,
                          [&](std::string_view offered, DnnImplementation implementation) {
                            if (is_reference(offered)) return true;
                            found = std::move(implementation);
                            return false;
                          });
  return found;
}

bool is_reference(std::string_view name) {
  constexpr std::array<std::string_view, 3> kReferences = {"ref:any", "lrn_ref:any",
                                                           "bnorm_ref:any"};
  for (const std::string_view reference : kReferences)
    if (name == reference) return true;
  return false;
}

}  // namespace kernwise::detail
