#include "include/ctorch_elementwise.h"

#include <algorithm>

#include "compat.hpp"
#include "guard.hpp"

namespace {

at::Tensor unary(ct_unary_kind kind, const at::Tensor &x, double alpha, double beta) {
  switch (kind) {
    case CT_ABS: return at::abs(x);
    case CT_ACOS: return at::acos(x);
    case CT_ACOSH: return at::acosh(x);
    case CT_ASIN: return at::asin(x);
    case CT_ASINH: return at::asinh(x);
    case CT_ATAN: return at::atan(x);
    case CT_ATANH: return at::atanh(x);
    case CT_CEIL: return at::ceil(x);
    case CT_COS: return at::cos(x);
    case CT_COSH: return at::cosh(x);
    case CT_ERF: return at::erf(x);
    case CT_EXP: return at::exp(x);
    case CT_FLOOR: return at::floor(x);
    case CT_IS_NAN: return at::isnan(x);
    case CT_LOG: return at::log(x);
    case CT_NEGATE: return at::neg(x);
    case CT_NOT: return at::logical_not(x);
    case CT_RECIPROCAL: return at::reciprocal(x);
    case CT_ROUND: return at::round(x);
    case CT_SIGN: return at::sign(x);
    case CT_SIN: return at::sin(x);
    case CT_SINH: return at::sinh(x);
    case CT_SQRT: return at::sqrt(x);
    case CT_TAN: return at::tan(x);
    case CT_TANH: return at::tanh(x);
    case CT_RELU: return at::relu(x);
    case CT_SIGMOID: return at::sigmoid(x);
    case CT_SOFTPLUS: return at::softplus(x);
    case CT_SOFTSIGN: return x / (at::abs(x) + 1);
    case CT_HARD_SWISH: return at::hardswish(x);
    case CT_MISH: return at::mish(x);
    case CT_GELU: return ct::gelu(x, false);
    case CT_GELU_TANH: return ct::gelu(x, true);
    case CT_LEAKY_RELU: return at::leaky_relu(x, alpha);
    case CT_ELU: return at::elu(x, alpha);
    case CT_CELU: return at::celu(x, alpha);
    case CT_SELU: return at::elu(x, alpha, beta);
    case CT_HARD_SIGMOID: return at::clamp(x * alpha + beta, 0, 1);
    case CT_THRESHOLDED_RELU: return at::threshold(x, alpha, 0);
    case CT_SWISH: return alpha == 1 ? at::silu(x) : x * at::sigmoid(x * alpha);
  }
  throw ct::BadArgument("unknown unary function");
}

at::Tensor binary(ct_binary_kind kind, const at::Tensor &left, const at::Tensor &right) {
  switch (kind) {
    case CT_ADD: return at::add(left, right);
    case CT_SUBTRACT: return at::sub(left, right);
    case CT_MULTIPLY: return at::mul(left, right);
    case CT_DIVIDE:
      return at::isFloatingType(left.scalar_type()) || at::isFloatingType(right.scalar_type())
                 ? at::div(left, right)
                 : at::div(left, right, "trunc");
    case CT_POWER: return at::pow(left, right).to(left.scalar_type());
    case CT_MODULO: return at::remainder(left, right);
    case CT_REMAINDER: return at::fmod(left, right);
    case CT_MAXIMUM: return at::maximum(left, right);
    case CT_MINIMUM: return at::minimum(left, right);
    case CT_AND: return at::logical_and(left, right);
    case CT_OR: return at::logical_or(left, right);
    case CT_XOR: return at::logical_xor(left, right);
    case CT_EQUAL: return at::eq(left, right);
    case CT_GREATER: return at::gt(left, right);
    case CT_GREATER_OR_EQUAL: return at::ge(left, right);
    case CT_LESS: return at::lt(left, right);
    case CT_LESS_OR_EQUAL: return at::le(left, right);
    case CT_PRELU: return at::where(left < 0, left * right, left);
  }
  throw ct::BadArgument("unknown binary function");
}

std::vector<int64_t> all_axes(const at::Tensor &x, at::IntArrayRef axes) {
  if (!axes.empty()) return axes.vec();
  std::vector<int64_t> result(static_cast<size_t>(x.dim()));
  for (size_t axis = 0; axis < result.size(); ++axis) result[axis] = static_cast<int64_t>(axis);
  return result;
}

at::Tensor product(const at::Tensor &x, at::IntArrayRef axes, bool keeps_axes) {
  std::vector<int64_t> sorted;
  for (int64_t axis : axes) sorted.push_back(axis < 0 ? axis + x.dim() : axis);
  std::sort(sorted.rbegin(), sorted.rend());
  at::Tensor result = x;
  for (int64_t axis : sorted) result = at::prod(result, axis, keeps_axes);
  return result;
}

at::Tensor reduce(ct_reduction_kind kind, const at::Tensor &x, at::IntArrayRef axes, bool keeps) {
  if (x.dim() == 0 && axes.empty()) {
    return reduce(kind, x.unsqueeze(0), {0}, false);
  }
  switch (kind) {
    case CT_REDUCE_SUM: return at::sum(x, axes, keeps, x.scalar_type());
    case CT_REDUCE_MEAN:
      return at::isFloatingType(x.scalar_type())
                 ? at::mean(x, axes, keeps)
                 : at::mean(x.to(at::kDouble), axes, keeps).to(x.scalar_type());
    case CT_REDUCE_MAXIMUM: return at::amax(x, axes, keeps);
    case CT_REDUCE_MINIMUM: return at::amin(x, axes, keeps);
    case CT_REDUCE_PRODUCT: return product(x, axes, keeps).to(x.scalar_type());
    case CT_REDUCE_L1: return at::sum(at::abs(x), axes, keeps, x.scalar_type());
    case CT_REDUCE_L2: return at::linalg_vector_norm(x, 2, axes, keeps);
    case CT_REDUCE_LOG_SUM: return at::log(at::sum(x, axes, keeps));
    case CT_REDUCE_LOG_SUM_EXP: return at::logsumexp(x, axes, keeps);
    case CT_REDUCE_SUM_SQUARE: return at::sum(x * x, axes, keeps, x.scalar_type());
  }
  throw ct::BadArgument("unknown reduction");
}

at::Tensor lowered(const at::Tensor &x, bool reduced) {
  return reduced && x.scalar_type() == at::kFloat ? x.to(at::kBFloat16) : x;
}

// A counter-based generator: SplitMix64's output function on seed and position.
inline uint64_t mixed(uint64_t seed, uint64_t position) {
  uint64_t z = seed + 0x9E3779B97F4A7C15u * (position + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

ct_status ct_unary(ct_tensor *out, ct_unary_kind kind, ct_tensor input, double alpha, double beta,
                   char **message) {
  return ct::guard(message, [&] { *out = ct::own(unary(kind, ct::get(input), alpha, beta)); });
}

ct_status ct_relu_overwriting(ct_tensor *out, ct_tensor input, char **message) {
  return ct::guard(message, [&] {
    at::Tensor x = ct::get(input);
    *out = ct::own(at::relu_(x));
  });
}

ct_status ct_is_infinite(ct_tensor *out, ct_tensor input, bool positive, bool negative,
                         char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    at::Tensor result = at::isinf(x);
    if (!positive) result = at::logical_and(result, x < 0);
    if (!negative) result = at::logical_and(result, x > 0);
    *out = ct::own(result);
  });
}

ct_status ct_binary(ct_tensor *out, ct_binary_kind kind, ct_tensor left, ct_tensor right,
                    char **message) {
  return ct::guard(message,
                   [&] { *out = ct::own(binary(kind, ct::get(left), ct::get(right))); });
}

ct_status ct_where(ct_tensor *out, ct_tensor condition, ct_tensor left, ct_tensor right,
                   char **message) {
  return ct::guard(message, [&] {
    *out = ct::own(at::where(ct::get(condition).to(at::kBool), ct::get(left), ct::get(right)));
  });
}

ct_status ct_clip(ct_tensor *out, ct_tensor input, ct_tensor minimum, ct_tensor maximum,
                  char **message) {
  return ct::guard(message, [&] {
    at::Tensor x = ct::get(input);
    if (minimum.impl) x = at::clamp_min(x, ct::get(minimum).to(x.scalar_type()));
    if (maximum.impl) x = at::clamp_max(x, ct::get(maximum).to(x.scalar_type()));
    *out = ct::own(x);
  });
}

ct_status ct_softmax(ct_tensor *out, ct_tensor input, int64_t axis, bool logarithmic,
                     char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    *out = ct::own(logarithmic ? at::log_softmax(x, axis) : at::softmax(x, axis));
  });
}

ct_status ct_reduce(ct_tensor *out, ct_reduction_kind kind, ct_tensor input, ct_extents axes,
                    bool keeps_axes, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    *out = ct::own(reduce(kind, x, all_axes(x, ct::ints(axes)), keeps_axes));
  });
}

ct_status ct_extreme_index(ct_tensor *out, ct_tensor input, int64_t axis, bool keeps_axis,
                           bool largest, bool last, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor searched = last ? at::flip(x, {axis}) : x;
    at::Tensor index = largest ? at::argmax(searched, axis, keeps_axis)
                               : at::argmin(searched, axis, keeps_axis);
    if (last) index = (x.size(axis) - 1) - index;
    *out = ct::own(index);
  });
}

ct_status ct_top_k(ct_tensor *values, ct_tensor *indices, ct_tensor input, int64_t count,
                   int64_t axis, bool largest, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(count >= 0 && count <= (x.dim() ? x.size(axis) : 1),
                "k is larger than the axis");
    // A stable sort gives equal elements the lower index first, as ONNX asks; topk does not.
    auto [order, positions] = at::sort(x, /*stable=*/true, axis, /*descending=*/largest);
    ct::publish({{values, order.narrow(axis, 0, count)},
                 {indices, positions.narrow(axis, 0, count)}});
  });
}

ct_status ct_cumulative_sum(ct_tensor *out, ct_tensor input, int64_t axis, bool exclusive,
                            bool reverse, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    at::Tensor sum = reverse ? at::flip(at::cumsum(at::flip(x, {axis}), axis), {axis})
                             : at::cumsum(x, axis);
    if (exclusive) sum = sum - x;
    *out = ct::own(sum.to(x.scalar_type()));
  });
}

ct_status ct_matmul(ct_tensor *out, ct_tensor left, ct_tensor right, bool reduced,
                    char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &a = ct::get(left);
    const at::Tensor product =
        at::matmul(lowered(a, reduced), lowered(ct::get(right), reduced));
    *out = ct::own(reduced ? product.to(a.scalar_type()) : product);
  });
}

ct_status ct_gemm(ct_tensor *out, ct_tensor left, ct_tensor right, ct_tensor addend, double alpha,
                  double beta, bool transposes_left, bool transposes_right, bool reduced,
                  char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(left);
    at::Tensor a = lowered(x, reduced);
    at::Tensor b = lowered(ct::get(right), reduced);
    if (transposes_left) a = a.t();
    if (transposes_right) b = b.t();
    const at::Tensor c = ct::get_or_none(addend);
    at::Tensor result;
    if (c.defined() && !reduced && c.dim() <= 2) {
      result = at::addmm(c, a, b, beta, alpha);
    } else {
      result = at::mm(a, b).to(x.scalar_type());
      if (alpha != 1) result = result * alpha;
      if (c.defined()) result = beta == 1 ? result + c : result + c * beta;
    }
    *out = ct::own(result);
  });
}

ct_status ct_filled(ct_tensor *out, ct_tensor value, ct_extents extents, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &element = ct::get(value);
    ct::require(element.numel() == 1, "the fill value must be one element");
    *out = ct::own(at::full(ct::ints(extents), element.item(), element.options()));
  });
}

ct_status ct_dropout(ct_tensor *out, ct_tensor *kept, ct_tensor input, double ratio, uint64_t seed,
                     char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(ratio >= 0 && ratio <= 1, "the dropout ratio must be in 0 ... 1");
    at::Tensor mask = at::empty(x.sizes(), at::TensorOptions().dtype(at::kBool));
    bool *flags = mask.data_ptr<bool>();
    const auto limit = static_cast<uint64_t>(ratio * 9007199254740992.0);
    for (int64_t i = 0; i < mask.numel(); ++i) {
      flags[i] = (mixed(seed, static_cast<uint64_t>(i)) >> 11) >= limit;
    }
    const double scale = ratio < 1 ? 1 / (1 - ratio) : 0;
    ct::publish({{out, x * mask.to(x.scalar_type()).mul_(scale)}, {kept, mask}});
  });
}
