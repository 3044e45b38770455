// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The hot loops against their definitions, on every instruction set that this machine has.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernwise/base/rng.h"
#include "learn/cholesky.h"
#include "learn/matmul.h"
#include "primitives/highway_targets.h"

namespace kernwise::detail {
namespace {

template <typename T>
std::vector<T> random_values(int64_t count, Rng& rng) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<T>(rng.normal()));
  return values;
}

template <typename T>
void check_product(int64_t m, int64_t n, int64_t k, double tolerance, Rng& rng) {
  const int64_t lda = k + 3, ldb = n + 2, ldc = n + 1;
  const auto a = random_values<T>(m * lda, rng), b = random_values<T>(k * ldb, rng);
  auto c = random_values<T>(m * ldc, rng);
  const auto before = c;
  matmul_add(m, n, k, T{-2}, a.data(), lda, b.data(), ldb, c.data(), ldc);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < ldc; ++j) {
      const auto at = static_cast<std::size_t>(i * ldc + j);
      double expected = static_cast<double>(before[at]);
      for (int64_t p = 0; p < k && j < n; ++p) {
        expected -= 2 * static_cast<double>(a[static_cast<std::size_t>(i * lda + p)]) *
                    static_cast<double>(b[static_cast<std::size_t>(p * ldb + j)]);
      }
      ASSERT_NEAR(static_cast<double>(c[at]), expected, tolerance)
          << m << "x" << n << "x" << k << " at " << i << "," << j;
    }
  }
}

TEST(Algebra, ProductsFollowTheirDefinitionOnEveryInstructionSet) {
  for (const int64_t target : test::highway_targets()) {
    const test::HighwayTargetScope scope(target);
    SCOPED_TRACE(test::highway_target_name(target));
    Rng rng(7);
    for (const int64_t m : {1, 3, 4, 9}) {
      for (const int64_t n : {1, 5, 16, 33, 70}) {
        for (const int64_t k : {1, 8, 300}) {
          check_product<float>(m, n, k, 2e-4, rng);
          check_product<double>(m, n, k, 1e-11, rng);
        }
      }
    }
  }
}

TEST(Algebra, KernelRowsAndDotsFollowTheirDefinitionOnEveryInstructionSet) {
  for (const int64_t target : test::highway_targets()) {
    const test::HighwayTargetScope scope(target);
    SCOPED_TRACE(test::highway_target_name(target));
    Rng rng(11);
    const int64_t rows = 37, stride = 48, features = 3, columns = 6;
    const auto points = random_values<float>(features * stride, rng);
    const auto z = random_values<float>(features, rng);
    std::vector<float> kernel(rows);
    matern_row(z.data(), features, points.data(), stride, rows, kernel.data());
    for (int64_t i = 0; i < rows; ++i) {
      double square = 0;
      for (int64_t f = 0; f < features; ++f) {
        const double step = double{z[static_cast<std::size_t>(f)]} -
                            double{points[static_cast<std::size_t>(f * stride + i)]};
        square += step * step;
      }
      const double r = std::sqrt(3 * square);
      EXPECT_NEAR(double{kernel[static_cast<std::size_t>(i)]}, (1 + r) * std::exp(-r), 1e-5);
    }
    const auto coefficients = random_values<float>(columns * stride, rng);
    const std::vector<int32_t> wanted = {5, 0, 2, 3, 1};
    std::vector<float> out(wanted.size());
    dots(kernel.data(), rows, coefficients.data(), stride, wanted.data(),
         static_cast<int64_t>(wanted.size()), out.data());
    for (std::size_t j = 0; j < wanted.size(); ++j) {
      const int64_t c = wanted[j];
      double expected = 0;
      for (int64_t i = 0; i < rows; ++i) {
        expected += double{kernel[static_cast<std::size_t>(i)]} *
                    double{coefficients[static_cast<std::size_t>(c * stride + i)]};
      }
      EXPECT_NEAR(double{out[j]}, expected, 1e-4);
    }
  }
}

TEST(Algebra, CholeskySolvesSystemsOfAnySize) {
  Rng rng(3);
  for (const int64_t n : {1, 5, 64, 65, 200}) {
    const auto root = random_values<double>(n * n, rng);
    std::vector<double> matrix(static_cast<std::size_t>(n * n), 0.0);
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        double sum = i == j ? 1 : 0;
        for (int64_t k = 0; k < n; ++k) {
          sum += root[static_cast<std::size_t>(i * n + k)] *
                 root[static_cast<std::size_t>(j * n + k)] / static_cast<double>(n);
        }
        matrix[static_cast<std::size_t>(i * n + j)] = sum;
      }
    }
    const auto x = random_values<double>(n * 3, rng);
    std::vector<double> right(static_cast<std::size_t>(n * 3), 0.0);
    matmul_add(n, 3, n, 1.0, matrix.data(), n, x.data(), 3, right.data(), 3);
    const auto factored = Cholesky::factor(matrix, n);
    ASSERT_TRUE(factored) << n;
    factored->solve(right, 3);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(right[i], x[i], 1e-9) << n;
  }
}

TEST(Algebra, AnIndefiniteMatrixHasNoFactor) {
  EXPECT_FALSE(Cholesky::factor({1, 2, 2, 1}, 2));
  EXPECT_FALSE(Cholesky::factor({std::nan("")}, 1));
}

}  // namespace
}  // namespace kernwise::detail
