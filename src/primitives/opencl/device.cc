// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "opencl/device.h"

#include <algorithm>
#include <span>
#include <vector>

#include "opencl/kernel.h"
#include "opencl/sources.h"

namespace kernwise::detail {
namespace {

constexpr size_t kGroup = 256;           // work-items of the largest group that the kernels have
constexpr cl_ulong kLocalBytes = 10240;  // local memory of the kernel that needs most of it

template <typename T>
T device_value(cl_device_id device, cl_device_info what) {
  T value{};
  if (clGetDeviceInfo(device, what, sizeof value, &value, nullptr) != CL_SUCCESS) return T{};
  return value;
}

template <typename Get>
std::string text_of(Get get) {
  size_t size = 0;
  if (get(0, nullptr, &size) != CL_SUCCESS || size == 0) return {};
  std::string text(size, '\0');
  if (get(size, text.data(), nullptr) != CL_SUCCESS) return {};
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

std::string device_text(cl_device_id device, cl_device_info what) {
  return text_of([&](size_t size, void* to, size_t* needed) {
    return clGetDeviceInfo(device, what, size, to, needed);
  });
}

std::string platform_text(cl_platform_id platform, cl_platform_info what) {
  return text_of([&](size_t size, void* to, size_t* needed) {
    return clGetPlatformInfo(platform, what, size, to, needed);
  });
}

}  // namespace

OpenClDevice::OpenClDevice(std::string name, cl_platform_id platform, cl_device_id device)
    : DeviceResource(std::move(name)), device_(device) {
  const auto kind = device_value<cl_device_type>(device, CL_DEVICE_TYPE);
  on_processors_ = (kind & CL_DEVICE_TYPE_CPU) != 0;
  memory_ = {static_cast<int64_t>(device_value<cl_ulong>(device, CL_DEVICE_GLOBAL_MEM_SIZE))};
  largest_allocation_ =
      static_cast<int64_t>(device_value<cl_ulong>(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE));
  description_ = without_blanks(device_text(device, CL_DEVICE_NAME)) + " driver-" +
                 without_blanks(device_text(device, CL_DRIVER_VERSION)) + " " +
                 without_blanks(device_text(device, CL_DEVICE_VERSION)) + " platform-" +
                 without_blanks(platform_text(platform, CL_PLATFORM_NAME) + " " +
                                platform_text(platform, CL_PLATFORM_VERSION));
  refusal_ = find_refusal();
  if (!refusal_.empty()) return;
  if (const Status opened = open(); !opened.ok()) refusal_ = opened.error().message;
}

OpenClDevice::~OpenClDevice() {
  for (const auto& [name, program] : programs_) clReleaseProgram(program);
  if (queue_ != nullptr) clReleaseCommandQueue(queue_);
  if (context_ != nullptr) clReleaseContext(context_);
}

std::string OpenClDevice::find_refusal() const {
  if (device_value<cl_bool>(device_, CL_DEVICE_AVAILABLE) == CL_FALSE)
    return "the driver says that it is not available";
  if (device_value<cl_bool>(device_, CL_DEVICE_COMPILER_AVAILABLE) == CL_FALSE)
    return "its driver has no compiler";
  // A driver of OpenCL 1.2 does not know the question, and the answer is none.
  const auto svm = device_value<cl_device_svm_capabilities>(device_, CL_DEVICE_SVM_CAPABILITIES);
  if ((svm & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER) == 0)
    return "it has no shared virtual memory (OpenCL 2.0, coarse grain), only " +
           device_text(device_, CL_DEVICE_VERSION);
  if (device_value<size_t>(device_, CL_DEVICE_MAX_WORK_GROUP_SIZE) < kGroup)
    return "its groups have fewer than 256 work-items";
  if (device_value<cl_ulong>(device_, CL_DEVICE_LOCAL_MEM_SIZE) < kLocalBytes)
    return "it has less than 10 KiB of local memory";
  return {};
}

Status OpenClDevice::open() {
  cl_int code = CL_SUCCESS;
  context_ = clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &code);
  if (code != CL_SUCCESS) return opencl_error(name_, "be opened", code);
  queue_ = clCreateCommandQueueWithProperties(context_, device_, nullptr, &code);
  if (code != CL_SUCCESS) return opencl_error(name_, "be given a queue", code);
  return Ok{};
}

Result<ResourceMemory> OpenClDevice::allocate(Bytes size) const {
  if (!refusal_.empty()) return unsupported(name_ + " cannot be used: " + refusal_);
  if (size.value <= 0) return ResourceMemory{};
  if (size.value > largest_allocation_)
    return unsupported(name_ + " gives at most " + std::to_string(largest_allocation_) +
                       " bytes at once, not " + std::to_string(size.value));
  void* data = clSVMAlloc(context_, CL_MEM_READ_WRITE, static_cast<size_t>(size.value), 64);
  if (data == nullptr)
    return unsupported(name_ + " has no " + std::to_string(size.value) + " bytes of memory left");
  return ResourceMemory(static_cast<float*>(data), size,
                        [context = context_](float* memory) { clSVMFree(context, memory); });
}

Status OpenClDevice::copy(void* to, const void* from, int64_t elements) const {
  if (!refusal_.empty()) return unsupported(name_ + " cannot be used: " + refusal_);
  if (elements <= 0) return Ok{};
  const cl_int code =
      clEnqueueSVMMemcpy(queue_, CL_TRUE, to, from, static_cast<size_t>(elements) * sizeof(float),
                         0, nullptr, nullptr);
  if (code == CL_SUCCESS) return Ok{};
  const Error error = opencl_error(name_, "copy", code);
  note_failure(error);
  return error;
}

Status OpenClDevice::copy_in(float* there, const float* here, int64_t elements) const {
  return copy(there, here, elements);
}

Status OpenClDevice::copy_out(float* here, const float* there, int64_t elements) const {
  return copy(here, there, elements);
}

// With the mutex held.
Result<cl_program> OpenClDevice::program(std::string_view name) const {
  if (const auto found = programs_.find(name); found != programs_.end()) return found->second;
  const std::string source = opencl_source(name);
  const char* text = source.c_str();
  cl_int code = CL_SUCCESS;
  const cl_program built = clCreateProgramWithSource(context_, 1, &text, nullptr, &code);
  if (code != CL_SUCCESS)
    return opencl_error(name_, "take the source of " + std::string(name), code);
  code = clBuildProgram(built, 1, &device_, "-cl-std=CL1.2", nullptr, nullptr);
  if (code != CL_SUCCESS) {
    Error error = opencl_error(name_, "compile " + std::string(name), code);
    error.message += '\n';
    error.message += text_of([&](size_t size, void* to, size_t* needed) {
      return clGetProgramBuildInfo(built, device_, CL_PROGRAM_BUILD_LOG, size, to, needed);
    });
    clReleaseProgram(built);
    return error;
  }
  programs_.emplace(name, built);
  return built;
}

Result<std::unique_ptr<Kernel>> OpenClDevice::make_kernel(const Launch& launch, int inputs) const {
  KERNWISE_ASSIGN(ResourceMemory nothing, allocate({64}));
  cl_kernel made = nullptr;
  {
    const std::lock_guard lock(mutex_);
    KERNWISE_ASSIGN(const cl_program built, program(launch.program));
    cl_int code = CL_SUCCESS;
    made = clCreateKernel(built, std::string(launch.kernel).c_str(), &code);
    if (code != CL_SUCCESS)
      return opencl_error(name_, "make the kernel " + std::string(launch.kernel), code);
  }
  auto kernel = std::make_unique<OpenClKernel>(*this, made, launch);
  const std::vector<const float*> pointers(static_cast<size_t>(inputs) + 1, nothing.data());
  const std::vector<int32_t> zeros(launch.sizes.size(), 0);
  KERNWISE_TRY(start(made, launch, pointers, zeros));
  return std::unique_ptr<Kernel>(std::move(kernel));
}

Status OpenClDevice::start(cl_kernel kernel, const Launch& launch,
                           std::span<const float* const> pointers,
                           std::span<const int32_t> sizes) const {
  const std::lock_guard lock(mutex_);
  cl_uint at = 0;
  cl_int code = CL_SUCCESS;
  for (const float* pointer : pointers)
    if (code == CL_SUCCESS) code = clSetKernelArgSVMPointer(kernel, at++, pointer);
  for (const int32_t& size : sizes)
    if (code == CL_SUCCESS) code = clSetKernelArg(kernel, at++, sizeof size, &size);
  size_t items[3], group[3];
  for (size_t axis = 0; axis < 3; ++axis) {
    group[axis] = static_cast<size_t>(launch.group[axis]);
    items[axis] = static_cast<size_t>(launch.groups[axis]) * group[axis];
  }
  if (code == CL_SUCCESS)
    code = clEnqueueNDRangeKernel(queue_, kernel, 3, nullptr, items, group, 0, nullptr, nullptr);
  if (code == CL_SUCCESS) code = clFinish(queue_);
  if (code != CL_SUCCESS) return opencl_error(name_, "run " + std::string(launch.kernel), code);
  return Ok{};
}

void OpenClDevice::run(cl_kernel kernel, const Launch& launch,
                       std::span<const float* const> pointers) const {
  if (Status done = start(kernel, launch, pointers, launch.sizes); !done.ok())
    note_failure(std::move(done).error());
}

}  // namespace kernwise::detail
