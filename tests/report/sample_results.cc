// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "report/sample_results.h"

#include <limits>

namespace kernwise {
namespace {

Problem problem(const char* text) { return parse_problem(text).value(); }

constexpr const char* kConv1 = "conv:ic3ih8oc16kh3ph1+bias+relu";
constexpr const char* kConv2 = "conv:ic16ih8oc16kh3ph1+bias+sum+relu";
constexpr const char* kFc = "fc:ic16ih8oc10+bias";

LayerGraph sample_graph() {
  LayerGraph graph;
  graph.values = {{"data", {1, 3, 8, 8}, {1, 3, 8, 8}},
                  {"relu1", {1, 16, 8, 8}, {1, 16, 8, 8}},
                  {"relu2", {1, 16, 8, 8}, {1, 16, 8, 8}},
                  {"scores", {1, 10, 1, 1}, {1, 10}}};
  graph.inputs = {0};
  graph.outputs = {3};
  const auto add = [&](const char* name, const char* text, ValueId in, ValueId out,
                       std::vector<std::string> nodes) {
    Layer layer;
    layer.name = name;
    layer.problem = problem(text);
    layer.inputs = {in};
    layer.output = out;
    layer.nodes = std::move(nodes);
    graph.layers.push_back(std::move(layer));
  };
  add("conv1", kConv1, 0, 1, {"conv1", "bn1", "relu1"});
  add("conv2", kConv2, 1, 2, {"conv2", "bn2", "add2", "relu2"});
  graph.layers.back().residual = 1;
  add("fc", kFc, 2, 3, {"fc"});
  graph.content_hash = "0123456789abcdef0123456789abcdef";
  return graph;
}

PlannedLayer planned(const char* layer, const char* text, const char* primitive, Layout in,
                     Layout out, double time_s, const char* runner_up, double runner_up_s) {
  PlannedLayer p;
  p.layer = layer;
  p.problem = to_string(problem(text));
  p.primitive = primitive;
  p.in = in;
  p.out = out;
  p.time_s = time_s;
  p.low_s = 0.99 * time_s;
  p.high_s = 1.01 * time_s;
  p.workspace_bytes = 4096;
  p.provenance = "measured";
  p.runner_up = runner_up;
  p.runner_up_s = runner_up_s;
  return p;
}

MemoryUse sample_memory() { return {{8192}, {4096}, {1 << 20}, {6144}}; }

}  // namespace

Envelope sample_envelope() {
  Envelope envelope;
  envelope.device = sample_doctor().device;
  envelope.context = sample_doctor().context;
  envelope.options = {{"threads", int64_t{1}},
                      {"budget_s", 120.0},
                      {"refine", false},
                      {"model", std::string("net.onnx")},
                      {"primitives", std::vector<std::string>{"a", "b"}}};
  envelope.warnings = {{"notice", "something to know", ""}};
  return envelope;
}

PlanOutcome sample_plan() {
  PlanOutcome out;
  out.model.path = "net.onnx";
  out.model.graph = sample_graph();
  Plan& plan = out.plan;
  plan.network = "net.onnx";
  plan.network_hash = out.model.graph.content_hash;
  plan.device = "0123456789abcdef";
  plan.device_label = "Test CPU (avx2)";
  plan.libraries = "lib-1.0";
  plan.build = "kernwise 0.1.0";
  plan.created = "2026-01-01T00:00:00Z";
  plan.policy = "fastest";
  plan.protocol = "cold-2";
  plan.layers = {planned("conv1", kConv1, "direct-nchw-nhwc", Layout::kNchw, Layout::kNhwc, 1e-3,
                         "direct-nchw", 1.02e-3),
                 planned("conv2", kConv2, "winograd-f2x3-nhwc", Layout::kNhwc, Layout::kNhwc, 2e-3,
                         "direct-nchw16c", 1.5e-3),
                 planned("fc", kFc, "fc-nchw", Layout::kNchw, Layout::kNchw, 5e-4, "", 0)};
  plan.layers[1].grade = 'C';
  plan.transforms = {{"relu2", Layout::kNhwc, Layout::kNchw, "reorder", 1e-4}};
  plan.predicted_total_s = 3.6e-3;
  plan.predicted_transforms_s = 1e-4;
  plan.peak_bytes = sample_memory().peak().value;
  plan.optimal = true;
  plan.calibration_ratio = 1.05;
  plan.measured_total_s = 3.78e-3;
  out.memory = sample_memory();
  out.selection.solve_s = 1e-5;
  out.selection.total_s = plan.predicted_total_s;
  out.selection.optimal = true;
  out.selection.pbqp_nodes = 4;
  out.selection.pbqp_edges = 3;
  ProfileSummary profile;
  profile.problems = 5;
  profile.candidates = 40;
  profile.runs = 400;
  profile.complete = true;
  profile.rounds_completed = kProfileRounds;
  profile.spent = {1.5};
  out.profile = profile;
  out.times = {0.01, 1.5, 1e-3, 0.25};
  return out;
}

RunOutcome sample_run() {
  RunOutcome out;
  out.plan = sample_plan().plan;
  out.memory = sample_memory();
  out.process_peak = {40 << 20};
  out.runs_s = {3.7e-3, 3.8e-3, 3.9e-3};
  out.median_s = 3.8e-3;
  out.spread = 0.026;
  StepInfo conv;
  conv.layer = 0;
  conv.name = "conv1";
  conv.primitive = "direct-nchw-nhwc";
  conv.shape = {1, 16, 8, 8};
  conv.layout = Layout::kNhwc;
  StepInfo transform;
  transform.is_transform = true;
  transform.name = "relu2: nhwc > nchw";
  transform.primitive = "reorder";
  transform.shape = {1, 16, 8, 8};
  conv.bytes = {{4096}, {4864}, {4096}, {1 << 20}};
  transform.bytes = {{4096}, {8192}, {0}, {0}};
  out.steps = {{conv, 1.1e-3, 1e-3, 0.99e-3, 1.01e-3, {50'000'000}, {1 << 20}},
               {transform, 1e-4, 1e-4, 0, 0, {0}, {8192}}};
  out.trace = RunTrace{{conv, transform}, {{1.2e-3, 1e-4}, {1.1e-3, 1.1e-4}}};
  out.ceilings = {150, 10};
  Verification v;
  v.layers = {{"conv1", "direct-nchw-nhwc", 1e-7, 1e-7},
              {"conv2", "winograd-f2x3-nhwc", 2e-6, 3e-6}};
  v.worst_layer = "conv2";
  v.worst_layer_error = 2e-6;
  v.end_to_end_error = 3e-6;
  v.worst_relative_error = 3e-6;
  out.verification = v;
  out.output_hash = "feedfacefeedfacefeedfacefeedface";
  return out;
}

BenchOutcome sample_bench() {
  BenchOutcome out;
  out.plan = sample_plan().plan;
  out.rounds = 3;
  out.predicted_s = out.plan.predicted_total_s;
  Contestant ours;
  ours.name = "kernwise";
  ours.version = "0.1.0";
  ours.runs_s = {3.7e-3, 3.8e-3, 3.9e-3};
  ours.median_s = 3.8e-3;
  ours.spread = 0.026;
  ours.peak_bytes = sample_memory().peak().value;
  Contestant slower = ours;
  slower.name = "onednn";
  slower.version = "onednn-1.0";
  slower.median_s = 5.0e-3;
  slower.ratio = {1.316, 1.30, 1.34};
  slower.output_difference = 2e-6;
  Contestant equal = slower;
  equal.name = "onnxruntime";
  equal.version = "1.0";
  equal.median_s = 3.81e-3;
  equal.ratio = {1.003, 0.98, 1.02};
  equal.peak_bytes = 0;
  equal.process_peak_bytes = 50 << 20;
  out.contestants = {ours, slower, equal};
  return out;
}

std::vector<ExplainedLayer> sample_explanation() {
  ExplainedLayer layer;
  layer.layer = "conv2";
  layer.problem = to_string(problem(kConv2));
  layer.macs = macs(problem(kConv2));
  layer.covers = {"conv2", "bn2", "add2", "relu2"};
  const auto candidate = [&](const char* primitive, Layout layout, const char* status,
                             const char* reason, double time_s, double regret) {
    ExplainedCandidate c;
    c.primitive = primitive;
    c.in = c.out = layout;
    c.status = status;
    c.reason = reason;
    if (time_s > 0) {
      const bool predicted = std::string_view(status) == "predicted";
      c.time_s = time_s;
      c.low_s = (predicted ? 0.8 : 0.99) * time_s;
      c.high_s = (predicted ? 1.3 : 1.01) * time_s;
      c.spread = predicted ? 0.25 : 0.01;
      c.grade = 'B';
      c.runs = predicted ? 0 : 16;
      c.workspace_bytes = 4096;
      c.packed_bytes = predicted ? 0 : 9280;
      c.plan_regret = regret;
    }
    layer.candidates.push_back(c);
  };
  const double none = std::numeric_limits<double>::infinity();
  candidate("winograd-f2x3-nhwc", Layout::kNhwc, "chosen", "", 2e-3, 0);
  candidate("direct-nchw16c", Layout::kNchw16c, "measured", "", 1.5e-3, 0.08);
  candidate("im2row-nhwc", Layout::kNhwc, "measured", "", 2.5e-3, 0.139);
  candidate("direct-nchw8c", Layout::kNchw8c, "measured", "", 2.6e-3, none);
  candidate("kn2row-nhwc", Layout::kNhwc, "predicted", "", 2.7e-3, 0.2);
  candidate("direct-nhwc", Layout::kNhwc, "unmeasured", "", 0, 0);
  candidate("gemm-1x1-nhwc", Layout::kNhwc, "refused", "kernel 3x3: this one takes 1x1 only", 0, 0);
  layer.bytes = {{4096}, {8192}, {4096}, {9280}};
  layer.transforms = {{"relu2", Layout::kNhwc, Layout::kNchw, "reorder", 1e-4}};
  return {layer};
}

ProfileOutcome sample_profile() {
  ProfileOutcome out;
  out.summary = *sample_plan().profile;
  out.store = "/data/measurements.db";
  const auto measurement = [](const char* text, const char* primitive, MeasurementStatus status,
                              double median_s) {
    Measurement m;
    m.key.problem = to_string(problem(text));
    m.key.primitive = primitive;
    m.status = status;
    m.median_s = median_s;
    if (status == MeasurementStatus::kOk) {
      m.runs_s = {median_s, median_s};
      m.spread = 0.015;
      m.grade = 'B';
    } else {
      m.reason = "not for this one";
    }
    return m;
  };
  out.problems = {{problem(kConv1),
                   {measurement(kConv1, "direct-nchw", MeasurementStatus::kOk, 1e-3),
                    measurement(kConv1, "im2col-nchw", MeasurementStatus::kOk, 1.3e-3),
                    measurement(kConv1, "winograd-f2x3-nhwc", MeasurementStatus::kRefused, 0)}},
                  {problem(kFc), {}},
                  {{TransformProblem{{1, 16, 8, 8}, Layout::kNchw, Layout::kNhwc}, {}}, {}}};
  return out;
}

PlaceOutcome sample_place() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  PlaceOutcome out;
  out.program = "chain.txt";
  out.resources = {"cpu", "gpu:0"};
  out.notes = {"", "invented-1.0"};
  out.kernels = {{.name = "B",
                  .kind = TaskKind::kMatmul,
                  .problem = "gemm:m512n512k64",
                  .line = 3,
                  .primitive = "tiled-gemm",
                  .resource = "gpu:0",
                  .threads = 1,
                  .time_s = 1e-3,
                  .low_s = 8e-4,
                  .high_s = 1.25e-3,
                  .provenance = "predicted",
                  .judged_s = 1.1e-3,
                  .other_primitive = "blas-gemm",
                  .other_resource = "cpu",
                  .other_threads = 2,
                  .other_s = 3e-3},
                 {.name = "y",
                  .kind = TaskKind::kMatvec,
                  .problem = "gemv:m512n512",
                  .line = 4,
                  .primitive = "plain-gemv",
                  .resource = "cpu",
                  .threads = 2,
                  .time_s = 1e-4,
                  .low_s = 9e-5,
                  .high_s = 1.1e-4,
                  .provenance = "predicted",
                  .judged_s = nan,
                  .other_primitive = {},
                  .other_resource = {}}};
  out.transfers = {{"A", "cpu", "gpu:0", {512 * 64 * 4}, 2e-5},
                   {"B", "gpu:0", "cpu", {512 * 512 * 4}, 1e-4}};
  out.predicted_s = 1.22e-3;
  out.low_s = 1.01e-3;
  out.high_s = 1.48e-3;
  out.transfers_s = 1.2e-4;
  out.optimal = true;
  out.judged_by = "measured";
  out.ways = {{"placed", "", 1.22e-3, 1.32e-3, 1.4e-3, 0.01},
              {"best variant per kind", "", 1.5e-3, 1.65e-3, 1.7e-3, 0.02},
              {"always cpu", "", 3.1e-3, 3.3e-3, 3.2e-3, 0.01},
              {"always gpu:0", "gpu:0 runs no primitive for y", nan, nan, nan, nan},
              {"exhaustive best", "", 1.25e-3, 1.3e-3, 1.39e-3, 0.01}};
  out.run = PlacedRun{.repeat = 3,
                      .measured_s = 1.4e-3,
                      .spread = 0.01,
                      .runs_s = {1.4e-3, 1.39e-3, 1.42e-3},
                      .max_relative_error = 2.5e-7,
                      .worst_output = "y",
                      .within_tolerance = true,
                      .memory = {3 << 20}};
  return out;
}

DoctorReport sample_doctor() {
  DoctorReport report;
  report.device.fingerprint = "0123456789abcdef";
  report.device.cpu = "Test CPU";
  report.device.vendor = "Test";
  report.device.isa = Isa::kAvx2;
  report.device.cores = 2;
  report.device.l1d = {32 << 10};
  report.device.l2 = {1 << 20};
  report.device.memory = {int64_t{8} << 30};
  report.context.kernel = "Linux 6.1";
  report.context.compiler = "GNU 12";
  report.context.build = "0.1.0";
  report.context.libraries = "lib-1.0";
  report.context.timestamp = "2026-01-01T00:00:00Z";
  report.context.cpus = {1};
  report.checks = {{"timer", CheckState::kGood, "resolution 30 ns", ""},
                   {"other load", CheckState::kWarning, "load average 3.1 on 2 processors",
                    "stop other programs, or wait"},
                   {"governor", CheckState::kUnknown, "cannot be read", ""}};
  report.noise = 0.012;
  report.steal_share = 0.001;
  report.peak_gflops = 123.4;
  report.bandwidth_gbps = 9.87;
  report.grade = 'B';
  return report;
}

}  // namespace kernwise
