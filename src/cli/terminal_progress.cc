// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "terminal_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kernwise::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenDraws{100};
constexpr std::chrono::seconds kBetweenLines{1};
constexpr std::chrono::seconds kShortWork{1};
constexpr double kShareForAnEta = 0.02;  // less says nothing about the rest
constexpr int kBarWidth = 20;
constexpr int kUsualWidth = 80;  // where the terminal does not say

double seconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

TerminalProgress::TerminalProgress(std::FILE* out, bool terminal, When when, bool quiet,
                                   TextStyle style)
    : out_(out), line_(terminal || when == When::kAlways), shown_(when != When::kNever && !quiet),
      quiet_(quiet), style_(style) {}

TerminalProgress::~TerminalProgress() { erase(); }

void TerminalProgress::enter(std::string_view stage) {
  if (stage == stage_) return;
  stage_ = stage;
  stage_begin_ = Clock::now();
  if (begin_ == Clock::time_point{}) begin_ = stage_begin_;
  tenths_ = 0;
}

void TerminalProgress::update(std::string_view stage, double share, std::string_view detail) {
  if (!shown_) return;
  enter(stage);
  const Clock::time_point now = Clock::now();
  if (now - begin_ < kShortWork) return;
  share = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
  if (line_) {
    if (now - drawn_ >= kBetweenDraws) draw(share, detail, now);
    return;
  }
  const int tenths = static_cast<int>(10 * share);
  if (tenths <= tenths_) return;
  tenths_ = tenths;
  // Stages may be short and many; a log should not be full of them.
  if (now - drawn_ < kBetweenLines) return;
  drawn_ = now;
  const std::string eta = remaining(share, now);
  fmt::print(out_, "{}: {} %{}\n", printable(stage, style_), 10 * tenths,
             eta.empty() ? "" : ", " + eta + " left");
  std::fflush(out_);
}

// Empty while nothing can be said.
std::string TerminalProgress::remaining(double share, Clock::time_point now) const {
  const double spent = seconds(now - stage_begin_);
  if (share < kShareForAnEta || share >= 1 || spent < 1) return {};
  const double left = std::ceil(spent * (1 - share) / share);
  return left < 120 ? fmt::format("{:.0f} s", left) : fmt::format("{:.0f} min", left / 60);
}

void TerminalProgress::draw(double share, std::string_view detail, Clock::time_point now) {
  drawn_ = now;
  const int filled = static_cast<int>(std::lround(share * kBarWidth));
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(kBarWidth - filled), '.');
  const std::string eta = remaining(share, now);
  std::string text =
      fmt::format("{:>26} [{}] {:3.0f} %  {:>13}  {}", printable(stage_, style_), bar, 100 * share,
                  eta.empty() ? "" : eta + " left", printable(detail, style_));
  // One column stays free: writing into the last one makes some terminals wrap.
  const int width = style_.width > 0 ? style_.width : kUsualWidth;
  text = shorten(text, width - 1, style_);
  const int columns = display_width(text);
  text.append(static_cast<std::size_t>(std::max(0, on_screen_ - columns)), ' ');
  on_screen_ = columns;
  fmt::print(out_, "\r{}", text);
  std::fflush(out_);
}

void TerminalProgress::erase() {
  if (on_screen_ == 0) return;
  fmt::print(out_, "\r{}\r", std::string(static_cast<std::size_t>(on_screen_), ' '));
  std::fflush(out_);
  on_screen_ = 0;
}

void TerminalProgress::finish(std::string_view stage, std::string_view summary) {
  if (!shown_) return;
  erase();
  if (begin_ != Clock::time_point{} && Clock::now() - begin_ >= kShortWork) {
    fmt::print(out_, "{:>12} {}\n", printable(stage, style_), printable(summary, style_));
    std::fflush(out_);
  }
  stage_.clear();
}

void TerminalProgress::warn(std::string_view message) {
  if (quiet_) return;
  erase();
  fmt::print(out_, "{}: {}\n", paint("warning", Ink::kWarning, style_), printable(message, style_));
  std::fflush(out_);
}

}  // namespace kernwise::cli
