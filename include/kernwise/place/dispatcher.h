// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which primitive, on which resource and with how many threads, for a problem that turns up at run
// time: a library user asks before each call and runs what it says.
//
// The answer for a shape is remembered in a Workspace, one for each thread: a table of fixed size
// that is allocated when it is made. A shape that was asked before costs one look-up there (tens of
// nanoseconds). A new shape costs a prediction of every model and then, from the fastest predicted
// on, the question to the primitive whether it takes the problem, which a library may answer slowly
// (oneDNN builds a kernel's description). That first answer may allocate; a look-up never does.
//
// Why a table for each thread and not one for all: a look-up then needs no atomic operation and no
// shared cache line, nothing is ever freed under a reader, and the dispatcher itself is const after
// it is built. The price is that each thread meets each shape once.
//
// Layouts are those of the chosen primitive (its info()); `primitives` of build() narrows the
// choice to what a caller's data fits. Matrices of gemm, gemv and matconv always lie row by row.
//
// Thread-safety: choose() is const and may be called from several threads at once, each with a
// Workspace of its own. Not from two threads with the same Workspace.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/problem.h"
#include "kernwise/learn/device_model.h"
#include "kernwise/place/placement.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise {

// A model of one resource with one number of threads (the card says which).
struct DispatchModel {
  DeviceModel model;
  // Of the resource, if it is not the host: operands are taken to lie on the host and results to be
  // wanted there, so a call pays for copies of its inputs and its output. bytes_per_s must be set
  // then.
  CopyCost in = {}, out = {};
};

struct DispatchChoice {
  const Primitive* primitive = nullptr;  // nullptr: no model knows a primitive for the problem
  int model = -1;     // of those that the dispatcher was built from; says resource and threads
  double time_s = 0;  // predicted, copies included
  double low_s = 0, high_s = 0;  // bounds of the model (infinite where it states none), with copies
  bool in_range = false;         // the problem lies within what the model was trained on
};

class Dispatcher {
 public:
  // Remembers the last shapes asked, `shapes` of them at most (rounded up to a power of two; older
  // ones that share a place with newer ones are forgotten).
  class Workspace {
   public:
    explicit Workspace(int shapes = 4096);
    ~Workspace();
    Workspace(Workspace&&) noexcept;
    Workspace& operator=(Workspace&&) noexcept;

   private:
    friend class Dispatcher;
    struct State;
    std::unique_ptr<State> state_;
  };

  // `primitives`: only these ids; empty: all that the models know. kInvalidInput for an id that is
  // not known, for no model at all, for a resource whose copies have no cost, or if nothing would
  // be left to choose from.
  static Result<Dispatcher> build(std::vector<DispatchModel> models,
                                  const std::vector<std::string>& primitives = {});
  ~Dispatcher();
  Dispatcher(Dispatcher&&) noexcept;
  Dispatcher& operator=(Dispatcher&&) noexcept;

  // A workspace belongs to the dispatcher that it is first used with; another one ends the program.
  DispatchChoice choose(const Problem& problem, Workspace& workspace) const;
  // The same without looking into the workspace's memory of shapes.
  DispatchChoice predict(const Problem& problem, Workspace& workspace) const;

  const std::string& resource(const DispatchChoice& choice) const;
  int threads(const DispatchChoice& choice) const;
  Execution execution(const DispatchChoice& choice) const;

 private:
  struct Tables;
  explicit Dispatcher(std::unique_ptr<const Tables> tables);
  std::unique_ptr<const Tables> tables_;
};

}  // namespace kernwise
