// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The contract of a primitive: one implementation of one problem kind, with fixed layouts of its
// input and output and a stable text id. Three steps, apart:
//
//   supports(problem)  can you, and how much workspace?  (cheap; a refusal carries its reason)
//   prepare(problem, weights)  pack the weights once, build what is needed
//   Kernel::run(in, out, scratch)  compute; no allocation, no system call (but those of a driver,
//                                  on other resources than the processor), finished on return
//
// A primitive is const and stateless, so one instance serves all threads. A Kernel is const too:
// it may be run from several threads at once with different scratch.
//
// Post-operators: a primitive either computes them all (PostOps: bias, residual, activation) or
// refuses the problem. The residual arrives in the output buffer, in the output's layout.
//
// Threads: kernels parallelise with OpenMP and nothing else. The caller sets the number with a
// ThreadScope around prepare and around run; both must see the number in `Execution`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/device/device.h"
#include "kernwise/graph/problem.h"
#include "kernwise/graph/quantize.h"
#include "kernwise/graph/work.h"

namespace kernwise {

struct PrimitiveInfo {
  std::string id;      // "winograd-f4x3-nhwc"; frozen, never reused
  std::string family;  // "winograd", "im2row", "direct", "reorder", ...
  std::string source;  // "kernwise", "onednn"
  int revision = 1;    // raised when its speed or its numbers change; part of the store key
  ProblemKind kind = ProblemKind::kConv;
  Layout in = Layout::kNchw;   // of every data input (transform: read from the problem)
  Layout out = Layout::kNchw;  // of the output and the residual (transform: from the problem)
  // Copies what is not in its place yet, and so does nothing where the inputs were made inside the
  // output. Never measured; may be chosen where graph/views.h allows, at no cost.
  bool view = false;
  // run() may be given its first input as its output, where both have one shape and layout and no
  // residual lies there; no other input may be the same tensor.
  bool in_place = false;
  // What its time grows with (graph/work.h): a feature of models of single variants. It describes
  // every problem that the primitive takes.
  WorkTerm work = WorkTerm::kOperations;
  std::string resource = "cpu";  // class of resources that it runs on: "cpu", "opencl", "cuda"
  // kInt8 also where it only moves such tensors, or makes or reads them from floats.
  Precision precision = Precision::kFp32;
};

// Which resource (resource.h), and with how many threads of this process. The number of threads
// means nothing to other resources than "cpu": it is 1 for them, so that measurements have one key.
struct Execution {
  int threads = 1;
  std::string resource = "cpu";  // "cpu", "opencl:0", "cuda:0"
  // Whether primitives of less precision than fp32 take part. Who does not ask never meets one.
  bool int8 = false;
  friend auto operator<=>(const Execution&, const Execution&) = default;
};

struct Admitted {
  Bytes workspace;  // exact: the scratch that run() needs
};
struct Refused {
  std::string reason;  // "stride 2: Winograd needs stride 1"
};
using Applicability = std::variant<Admitted, Refused>;

// What one step of an int8 tensor is worth (graph/quantize.h). Without meaning where floats lie.
struct TensorSteps {
  float input = 1, output = 1, residual = 1;
};

// Logical weights: conv [oc, ic/g, kh, kw], fc [oc, ic*ih*iw], scale [c]; bias [oc] or null
// (scale: the shift). Only read during prepare. Always floats: who computes in int8 rounds them.
struct WeightView {
  std::span<const float> weights;
  std::span<const float> bias;
  TensorSteps steps = {};
};

// Memory of the resource that the kernel was prepared for (resource.h). Where a layout is one of
// bytes, the pointers are to bytes all the same.
struct KernelArgs {
  std::span<const float* const> inputs;  // input_count(problem) pointers, 64-byte aligned
  float* output = nullptr;               // physical_bytes(output_shape), 64-byte aligned;
                                         // no input, but see PrimitiveInfo::in_place
  std::byte* scratch = nullptr;          // workspace bytes, 64-byte aligned; null if none
};

class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void run(const KernelArgs& args) const = 0;
  virtual Bytes workspace() const = 0;       // equals Admitted::workspace
  virtual Bytes packed_weights() const = 0;  // what the kernel itself holds
  // The packed weights, so that a measurement can make them cold. Empty if there are none.
  virtual std::span<const std::byte> packed_data() const { return {}; }
};

class Primitive {
 public:
  explicit Primitive(PrimitiveInfo info) : info_(std::move(info)) {}
  virtual ~Primitive() = default;
  const PrimitiveInfo& info() const { return info_; }

  // `problem` is valid and of kind info().kind (callers go through admissible() in registry.h).
  virtual Applicability supports(const Problem& problem, const Execution& execution) const = 0;
  // Fails only where supports() would refuse, on weights of the wrong size, or on lack of memory.
  virtual Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                                  const Execution& execution) const = 0;

 private:
  PrimitiveInfo info_;
};

// The layouts a primitive reads and writes for this problem (looks into a transform problem).
Layout input_layout(const PrimitiveInfo& info, const Problem& problem);
Layout output_layout(const PrimitiveInfo& info, const Problem& problem);

// Holds OpenMP to `threads` for the calling thread, restores on destruction.
class ThreadScope {
 public:
  explicit ThreadScope(int threads);
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int previous_;
};

// Starts the OpenMP threads that serve the calling thread and binds each of them, the caller too,
// to a processor of its own among those that the caller may use: the caller as long as this lives,
// the others as long as they do. A thread that was just started may lie on its starter's processor
// until the system moves it, some milliseconds later, and a parallel loop waits for it all that
// time. Binds nothing for one thread or where there are fewer processors than threads. A process
// started meanwhile would inherit the one processor.
class BoundTeam {
 public:
  explicit BoundTeam(int threads);
  ~BoundTeam();
  BoundTeam(const BoundTeam&) = delete;
  BoundTeam& operator=(const BoundTeam&) = delete;

 private:
  std::vector<int> before_;  // processors of the caller; empty: nothing was bound
};

// Ends the OpenMP threads that serve the calling thread, the next parallel loop or BoundTeam starts
// new ones: idle threads spin for a while before they sleep, and would take the processors of
// another program. Not from inside a parallel loop.
void park_threads();

}  // namespace kernwise
