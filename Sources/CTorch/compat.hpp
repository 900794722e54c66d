// Differences between the libtorch versions that the shim compiles with (1.13 and 2.x).
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/api/include/torch/version.h>

#include <string>

namespace ct {

inline const char *version() noexcept { return TORCH_VERSION; }

// `approximate` became an argument of gelu in 1.12 and its type changed later; both take a literal.
inline at::Tensor gelu(const at::Tensor &x, bool tanh_approximation) {
  return tanh_approximation ? at::gelu(x, "tanh") : at::gelu(x, "none");
}

}  // namespace ct
