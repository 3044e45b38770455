// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/resource.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <new>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/registry.h"
#include "resource/device_resource.h"

namespace kernwise {
namespace {

class Cpu final : public Resource {
 public:
  const std::string& name() const override { return name_; }
  const std::string& description() const override {
    static const std::string versions = library_versions();
    return versions;
  }
  const std::string& refusal() const override { return refusal_; }
  bool shares_processors() const override { return true; }
  Bytes memory() const override {
    return {int64_t{sysconf(_SC_PHYS_PAGES)} * int64_t{sysconf(_SC_PAGESIZE)}};
  }

  Result<ResourceMemory> allocate(Bytes size) const override {
    try {
      auto buffer = std::make_shared<AlignedBuffer>(size);
      return ResourceMemory(buffer->floats(), size, [buffer](float*) mutable { buffer.reset(); });
    } catch (const std::bad_alloc&) {
      return unsupported("there are no " + std::to_string(size.value) + " bytes of memory left");
    }
  }
  Status copy_in(float* there, const float* here, int64_t elements) const override {
    std::copy_n(here, elements, there);
    return Ok{};
  }
  Status copy_out(float* here, const float* there, int64_t elements) const override {
    std::copy_n(there, elements, here);
    return Ok{};
  }
  Status state() const override { return Ok{}; }

 private:
  std::string name_ = "cpu";
  std::string refusal_;
};

std::vector<std::unique_ptr<const Resource>> find_all() {
  std::vector<std::unique_ptr<const Resource>> found;
  found.push_back(std::make_unique<Cpu>());
  for (auto& part : {detail::opencl_resources, detail::cuda_resources})
    std::ranges::move(part(), std::back_inserter(found));
  return found;
}

}  // namespace

std::string_view resource_class(std::string_view resource) {
  return resource.substr(0, resource.find(':'));
}

// Never destroyed: a driver may be gone by the time static objects are.
const std::vector<std::unique_ptr<const Resource>>& all_resources() {
  static const auto& resources = *new std::vector<std::unique_ptr<const Resource>>(find_all());
  return resources;
}

const Resource* find_resource(std::string_view name) {
  static const Cpu cpu;  // has no state, so it may be another object than the one in the list
  if (name == "cpu") return &cpu;
  const std::string_view kind = resource_class(name);
  if (kind != "opencl" && kind != "cuda") return nullptr;
  for (const auto& resource : all_resources())
    if (resource->name() == name) return resource.get();
  return nullptr;
}

}  // namespace kernwise
