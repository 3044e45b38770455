// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/kernel.h"

#include <array>

namespace kernwise::detail {
namespace {

DnnStream make_stream() {
  dnnl_stream_t stream = nullptr;
  dnnl_stream_create(&stream, dnn_engine(), dnnl_stream_default_flags);
  return DnnStream(stream);
}

DnnMemory make_memory(const dnnl_memory_desc_t& desc, void* address) {
  dnnl_memory_t memory = nullptr;
  dnnl_memory_create(&memory, &desc, dnn_engine(), address);
  return DnnMemory(memory);
}

Error library_error(std::string_view what, dnnl_status_t status) {
  return internal_error("oneDNN could not " + std::string(what) + ": " +
                        std::string(dnn_status_text(status)));
}

}  // namespace

// One memory object for each argument, with the address it holds now.
struct DnnKernel::Binding {
  DnnStream stream;
  std::vector<DnnMemory> memories;
  std::vector<void*> addresses;
  std::vector<dnnl_exec_arg_t> arguments;
};

Result<std::unique_ptr<Kernel>> DnnKernel::make(const_dnnl_primitive_desc_t implementation,
                                                std::vector<DnnArgument> arguments,
                                                AlignedBuffer packed) {
  dnnl_primitive_t primitive = nullptr;
  const dnnl_status_t status = dnnl_primitive_create(&primitive, implementation);
  if (status != dnnl_success) return library_error("create " + dnn_name(implementation), status);
  DnnPrimitiveHandle owner(primitive);

  const Bytes workspace = dnn_workspace(implementation);
  if (workspace.value > 0)
    arguments.push_back({.id = DNNL_ARG_SCRATCHPAD, .source = DnnSource::kScratch, .at = 0,
                         .desc = dnn_query(implementation, dnnl_query_scratchpad_md)});

  std::unique_ptr<DnnKernel> kernel(
      new DnnKernel(std::move(owner), std::move(arguments), std::move(packed), workspace));
  auto binding = kernel->make_binding();
  if (!binding) return library_error("create the arguments of a kernel", dnnl_out_of_memory);
  kernel->spare_ = binding.release();
  return std::unique_ptr<Kernel>(std::move(kernel));
}

DnnKernel::DnnKernel(DnnPrimitiveHandle primitive, std::vector<DnnArgument> arguments,
                     AlignedBuffer packed, Bytes workspace)
    : primitive_(std::move(primitive)), arguments_(std::move(arguments)),
      packed_(std::move(packed)), workspace_(workspace) {}

DnnKernel::~DnnKernel() { delete spare_.load(); }

std::span<const std::byte> DnnKernel::packed_data() const {
  return {packed_.data(), static_cast<size_t>(packed_.size().value)};
}

std::unique_ptr<DnnKernel::Binding> DnnKernel::make_binding() const {
  auto binding = std::make_unique<Binding>();
  binding->stream = make_stream();
  if (!binding->stream) return nullptr;
  for (const DnnArgument& argument : arguments_) {
    // oneDNN wants pointers to non-const even for what it only reads.
    void* address = argument.source == DnnSource::kPacked
                        ? const_cast<std::byte*>(packed_.data()) + argument.at
                        : nullptr;
    binding->memories.push_back(make_memory(argument.desc, address));
    binding->addresses.push_back(address);
    if (!binding->memories.back()) return nullptr;
    binding->arguments.push_back({argument.id, binding->memories.back().get()});
  }
  return binding;
}

void DnnKernel::run(const KernelArgs& args) const {
  std::unique_ptr<Binding> binding(spare_.exchange(nullptr, std::memory_order_acquire));
  if (!binding) binding = make_binding();
  KERNWISE_CHECK(binding != nullptr);

  for (size_t i = 0; i < arguments_.size(); ++i) {
    const DnnArgument& argument = arguments_[i];
    void* address = binding->addresses[i];
    switch (argument.source) {
      case DnnSource::kInput: address = const_cast<float*>(args.inputs[argument.at]); break;
      case DnnSource::kOutput: address = args.output; break;
      case DnnSource::kScratch: address = args.scratch; break;
      case DnnSource::kPacked: break;
    }
    if (address == binding->addresses[i]) continue;
    const dnnl_status_t status =
        dnnl_memory_set_data_handle_v2(binding->memories[i].get(), address, binding->stream.get());
    KERNWISE_CHECK(status == dnnl_success);
    binding->addresses[i] = address;
  }
  const dnnl_status_t status =
      dnnl_primitive_execute(primitive_.get(), binding->stream.get(),
                             static_cast<int>(binding->arguments.size()),
                             binding->arguments.data());
  KERNWISE_CHECK(status == dnnl_success);
  delete spare_.exchange(binding.release(), std::memory_order_acq_rel);
}

Status dnn_reorder(const dnnl_memory_desc_t& from, const void* source,
                   const dnnl_memory_desc_t& to, void* target) {
  dnnl_primitive_desc_t created = nullptr;
  dnnl_status_t status =
      dnnl_reorder_primitive_desc_create(&created, &from, dnn_engine(), &to, dnn_engine(), nullptr);
  if (status != dnnl_success) return library_error("pack weights", status);
  const DnnImplementation implementation(created);

  dnnl_primitive_t primitive = nullptr;
  status = dnnl_primitive_create(&primitive, implementation.get());
  if (status != dnnl_success) return library_error("pack weights", status);
  const DnnPrimitiveHandle owner(primitive);

  const DnnStream stream = make_stream();
  const DnnMemory in = make_memory(from, const_cast<void*>(source));
  const DnnMemory out = make_memory(to, target);
  if (!stream || !in || !out) return library_error("pack weights", dnnl_out_of_memory);
  const std::array<dnnl_exec_arg_t, 2> arguments = {
      {{DNNL_ARG_FROM, in.get()}, {DNNL_ARG_TO, out.get()}}};
  status = dnnl_primitive_execute(primitive, stream.get(), 2, arguments.data());
  if (status != dnnl_success) return library_error("pack weights", status);
  return Ok{};
}

}  // namespace kernwise::detail
