// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/fftw_transforms.h"

namespace kernwise::detail {

std::string fftw_refusal() { return "kernwise was built without FFTW"; }
std::string fftw_version() { return {}; }
std::unique_ptr<const FftwPlane> make_fftw_plane(int64_t, int64_t, int) { return nullptr; }

}  // namespace kernwise::detail
