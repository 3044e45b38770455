// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/ublas_kernels.h"

// Its checks multiply everything a second time.
#define BOOST_UBLAS_NDEBUG
#define BOOST_UBLAS_TYPE_CHECK 0
#define BOOST_UBLAS_SHALLOW_ARRAY_ADAPTOR
#include <boost/numeric/ublas/matrix.hpp>
#include <boost/numeric/ublas/matrix_proxy.hpp>
#include <boost/numeric/ublas/operation.hpp>
#include <boost/numeric/ublas/vector.hpp>
#include <boost/version.hpp>

namespace kernwise::detail {
namespace {

namespace ublas = boost::numeric::ublas;

// Memory of ours as uBLAS sees it: nothing is copied or allocated.
using Values = ublas::shallow_array_adaptor<float>;
using Matrix = ublas::matrix<float, ublas::row_major, Values>;
using Vector = ublas::vector<float, Values>;

std::size_t size(int64_t count) { return static_cast<std::size_t>(count); }

// uBLAS has no view of constant memory; operands are only read.
Matrix matrix(const float* data, int64_t rows, int64_t columns) {
  return Matrix(size(rows), size(columns), Values(size(rows * columns), const_cast<float*>(data)));
}
Vector vector(const float* data, int64_t length) {
  return Vector(size(length), Values(size(length), const_cast<float*>(data)));
}

}  // namespace

std::string ublas_refusal() { return {}; }

std::string ublas_version() {
  return "ublas-" + std::to_string(BOOST_VERSION / 100000) + "." +
         std::to_string(BOOST_VERSION / 100 % 1000);
}

void ublas_gemm(int64_t rows, int64_t columns, int64_t k, const float* a, const float* b,
                float* c) {
  const Matrix left = matrix(a, rows, k), right = matrix(b, k, columns);
  Matrix out = matrix(c, rows, columns);
  ublas::axpy_prod(left, right, out, /*init=*/true);
}

void ublas_gemv(int64_t rows, int64_t columns, const float* a, const float* x, float* y) {
  const Matrix left = matrix(a, rows, columns);
  const Vector right = vector(x, columns);
  Vector out = vector(y, rows);
  ublas::noalias(out) = ublas::prod(left, right);
}

void ublas_matconv(int64_t rows, int64_t width, int64_t r, const float* image, const float* kernel,
                   float* to) {
  const std::size_t columns = size(width - r + 1), height = size(rows);
  const Matrix in = matrix(image, rows + r - 1, width), weights = matrix(kernel, r, r);
  Matrix out = matrix(to, rows, width - r + 1);
  const ublas::range all_rows(0, height), all_columns(0, columns);
  for (std::size_t i = 0; i < size(r); ++i)
    for (std::size_t j = 0; j < size(r); ++j) {
      const auto shifted =
          ublas::project(in, ublas::range(i, i + height), ublas::range(j, j + columns));
      if (i + j == 0)
        ublas::noalias(out) = weights(i, j) * shifted;
      else
        ublas::noalias(out) += weights(i, j) * shifted;
    }
}

}  // namespace kernwise::detail
