// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
/*
 * kernwise from C: open a plan and run it, predict what a problem costs, choose its primitive. Link
 * with what `pkg-config --libs kernwise` says.
 *
 * Every function that can fail returns a status and fills `error`, if it is not NULL. Statuses are
 * the exit codes of the program. No C++ exception crosses this interface.
 * Thread-safety: an object belongs to one thread at a time; different objects do not disturb each
 * other, save that they share processors. There is no global state.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum kernwise_status {
  KERNWISE_OK = 0,
  KERNWISE_CRITERION_FAILED = 1,
  KERNWISE_INVALID_INPUT = 2, /* a file that is not what it should be, or a wrong argument */
  KERNWISE_UNSUPPORTED = 3,   /* valid, but not on this machine or in this build; no memory */
  KERNWISE_INTERNAL = 4       /* a defect of kernwise or of a library under it */
} kernwise_status;

typedef struct kernwise_error {
  kernwise_status status;
  char message[1024]; /* what, where and what to do next; UTF-8, ends with 0, cut if too long */
} kernwise_error;

/* "0.1.0"; lives as long as the program. */
const char* kernwise_version(void);

/* ---- Running a plan ---------------------------------------------------------------------------
 * `plan` is a file that `kernwise plan -o` wrote on this machine; `network` the ONNX file that it
 * was made for, or NULL for the path that the plan names. Weights are packed on opening, and all
 * memory of a run is allocated then. */
typedef struct kernwise_plan kernwise_plan;

kernwise_status kernwise_plan_open(const char* plan, const char* network, kernwise_plan** opened,
                                   kernwise_error* error);
/* The same from a file that `kernwise pack` wrote, which holds plan and weights. This function and
 * those below that take a kernwise_plan, with kernwise_version, are also all that libkernwise-run
 * has: the runtime alone (docs/runtime.md). */
kernwise_status kernwise_pack_open(const char* pack, kernwise_plan** opened,
                                   kernwise_error* error);
void kernwise_plan_close(kernwise_plan* plan); /* NULL is allowed */

size_t kernwise_plan_inputs(const kernwise_plan* plan);
size_t kernwise_plan_outputs(const kernwise_plan* plan);
/* Float32 values, row-major in the order of the network's own dimensions. To be written before each
 * run, or once: inputs keep their values. Outputs hold until the next run. The memory is the
 * plan's. */
kernwise_status kernwise_plan_input(kernwise_plan* plan, size_t index, float** values,
                                    size_t* count, kernwise_error* error);
kernwise_status kernwise_plan_output(const kernwise_plan* plan, size_t index, const float** values,
                                     size_t* count, kernwise_error* error);
kernwise_status kernwise_plan_run(kernwise_plan* plan, kernwise_error* error);

int kernwise_plan_threads(const kernwise_plan* plan);
double kernwise_plan_predicted_s(const kernwise_plan* plan);  /* sum of its parts */
int64_t kernwise_plan_peak_bytes(const kernwise_plan* plan); /* as allocated */

/* ---- Predicting and choosing ------------------------------------------------------------------
 * A model of a device: a file that `kernwise fit` or `kernwise transfer` wrote. */
typedef struct kernwise_model kernwise_model;

typedef struct kernwise_prediction {
  char primitive[128];
  double time_s;
  double low_s, high_s; /* bounds of the model: 90 % of its predictions lie within */
} kernwise_prediction;

kernwise_status kernwise_model_open(const char* file, kernwise_model** opened,
                                    kernwise_error* error);
void kernwise_model_close(kernwise_model* model); /* NULL is allowed */

/* `problem` is a problem string such as "conv:ic64ih56oc64kh3ph1". The time of one primitive. */
kernwise_status kernwise_predict(const kernwise_model* model, const char* problem,
                                 const char* primitive, kernwise_prediction* prediction,
                                 kernwise_error* error);
/* The primitive with the smallest predicted time of those that can compute the problem here. */
kernwise_status kernwise_choose(const kernwise_model* model, const char* problem,
                                kernwise_prediction* choice, kernwise_error* error);

#ifdef __cplusplus
}
#endif
