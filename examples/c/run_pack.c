// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
/*
 * Opens a pack, runs it on an input of ones, and prints the largest output. Needs the runtime alone.
 *   cc run_pack.c $(pkg-config --cflags --libs kernwise-run) -o run_pack
 *   ./run_pack resnet50.kwp */
#include <kernwise_c.h>
#include <stdio.h>

static int failed(const kernwise_error* error) {
  fprintf(stderr, "error: %s\n", error->message);
  return (int)error->status;
}

int main(int argc, char** argv) {
  kernwise_error error;
  kernwise_plan* plan = NULL;
  if (argc < 2) {
    fprintf(stderr, "usage: run_pack FILE.kwp\n");
    return KERNWISE_INVALID_INPUT;
  }
  if (kernwise_pack_open(argv[1], &plan, &error) != KERNWISE_OK) {
    return failed(&error);
  }
  for (size_t i = 0; i < kernwise_plan_inputs(plan); ++i) {
    float* values = NULL;
    size_t count = 0;
    if (kernwise_plan_input(plan, i, &values, &count, &error) != KERNWISE_OK) {
      kernwise_plan_close(plan);
      return failed(&error);
    }
    for (size_t k = 0; k < count; ++k) values[k] = 1.0F;
  }
  const float* output = NULL;
  size_t count = 0;
  if (kernwise_plan_run(plan, &error) != KERNWISE_OK ||
      kernwise_plan_output(plan, 0, &output, &count, &error) != KERNWISE_OK) {
    kernwise_plan_close(plan);
    return failed(&error);
  }
  size_t best = 0;
  for (size_t k = 1; k < count; ++k) {
    if (output[k] > output[best]) best = k;
  }
  printf("kernwise %s: %zu outputs, the largest is number %zu: %g\n", kernwise_version(), count, best,
         output[best]);
  kernwise_plan_close(plan);
  return 0;
}
