/// Element-wise functions, reductions and matrix products.
#ifndef CTORCH_ELEMENTWISE_H
#define CTORCH_ELEMENTWISE_H

#include "ctorch_core.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ct_unary_kind {
  CT_ABS, CT_ACOS, CT_ACOSH, CT_ASIN, CT_ASINH, CT_ATAN, CT_ATANH, CT_CEIL, CT_COS, CT_COSH,
  CT_ERF, CT_EXP, CT_FLOOR, CT_IS_NAN, CT_LOG, CT_NEGATE, CT_NOT, CT_RECIPROCAL,
  /// Rounds to the nearest integer, halves to even.
  CT_ROUND,
  CT_SIGN, CT_SIN, CT_SINH, CT_SQRT, CT_TAN, CT_TANH,
  CT_RELU, CT_SIGMOID, CT_SOFTPLUS, CT_SOFTSIGN, CT_HARD_SWISH, CT_MISH,
  CT_GELU, CT_GELU_TANH,
  /// x < 0 ? alpha · x : x
  CT_LEAKY_RELU,
  /// x < 0 ? alpha · (eˣ − 1) : x
  CT_ELU,
  /// max(0, x) + min(0, alpha · (exp(x / alpha) − 1))
  CT_CELU,
  /// beta · (x < 0 ? alpha · (eˣ − 1) : x)
  CT_SELU,
  /// clamp(alpha · x + beta, 0, 1)
  CT_HARD_SIGMOID,
  /// x > alpha ? x : 0
  CT_THRESHOLDED_RELU,
  /// x · sigmoid(alpha · x)
  CT_SWISH,
} ct_unary_kind;

/// Element-wise function; `alpha` and `beta` are used by the kinds whose formula names them.
ct_status ct_unary(ct_tensor *out, ct_unary_kind kind, ct_tensor input, double alpha, double beta,
                   char **message);

/// max(0, x), written over the input's own elements.
ct_status ct_relu_overwriting(ct_tensor *out, ct_tensor input, char **message);

/// Boolean tensor: whether each element is +∞ (where `positive`) or −∞ (where `negative`).
ct_status ct_is_infinite(ct_tensor *out, ct_tensor input, bool positive, bool negative,
                         char **message);

typedef enum ct_binary_kind {
  CT_ADD, CT_SUBTRACT, CT_MULTIPLY,
  /// Truncates towards zero for integers.
  CT_DIVIDE,
  CT_POWER,
  /// Remainder with the sign of the divisor.
  CT_MODULO,
  /// Remainder with the sign of the dividend.
  CT_REMAINDER,
  CT_MAXIMUM, CT_MINIMUM,
  CT_AND, CT_OR, CT_XOR, CT_EQUAL, CT_GREATER, CT_GREATER_OR_EQUAL, CT_LESS, CT_LESS_OR_EQUAL,
  /// left < 0 ? left · right : left
  CT_PRELU,
} ct_binary_kind;

/// Element-wise function of two tensors, with NumPy broadcasting.
ct_status ct_binary(ct_tensor *out, ct_binary_kind kind, ct_tensor left, ct_tensor right,
                    char **message);

ct_status ct_where(ct_tensor *out, ct_tensor condition, ct_tensor left, ct_tensor right,
                   char **message);

/// Elements limited to the bounds, of which either may be "none".
ct_status ct_clip(ct_tensor *out, ct_tensor input, ct_tensor minimum, ct_tensor maximum,
                  char **message);

ct_status ct_softmax(ct_tensor *out, ct_tensor input, int64_t axis, bool logarithmic,
                     char **message);

typedef enum ct_reduction_kind {
  CT_REDUCE_SUM, CT_REDUCE_MEAN, CT_REDUCE_MAXIMUM, CT_REDUCE_MINIMUM, CT_REDUCE_PRODUCT,
  CT_REDUCE_L1, CT_REDUCE_L2, CT_REDUCE_LOG_SUM, CT_REDUCE_LOG_SUM_EXP, CT_REDUCE_SUM_SQUARE,
} ct_reduction_kind;

/// Reduction over `axes`, or over all axes of the input where `axes` is empty.
ct_status ct_reduce(ct_tensor *out, ct_reduction_kind kind, ct_tensor input, ct_extents axes,
                    bool keeps_axes, char **message);

/// Index of the largest (or smallest) element along `axis`; of equals the first, or the last.
ct_status ct_extreme_index(ct_tensor *out, ct_tensor input, int64_t axis, bool keeps_axis,
                           bool largest, bool last, char **message);

/// Largest (or smallest) `count` entries along `axis` with their indices, sorted; of equals the
/// lower index first.
ct_status ct_top_k(ct_tensor *values, ct_tensor *indices, ct_tensor input, int64_t count,
                   int64_t axis, bool largest, char **message);

ct_status ct_cumulative_sum(ct_tensor *out, ct_tensor input, int64_t axis, bool exclusive,
                            bool reverse, char **message);

/// Matrix product; `reduced` multiplies float32 operands as bfloat16.
ct_status ct_matmul(ct_tensor *out, ct_tensor left, ct_tensor right, bool reduced,
                    char **message);

/// alpha · op(left) op(right) + beta · addend; the addend may be "none".
ct_status ct_gemm(ct_tensor *out, ct_tensor left, ct_tensor right, ct_tensor addend, double alpha,
                  double beta, bool transposes_left, bool transposes_right, bool reduced,
                  char **message);

/// Tensor of shape `extents` filled with the only element of `value`.
ct_status ct_filled(ct_tensor *out, ct_tensor value, ct_extents extents, char **message);

/// Zeroes elements with probability `ratio` and scales the others by 1 / (1 − ratio); `kept` is
/// the boolean mask. Element i depends on `seed` and i alone.
ct_status ct_dropout(ct_tensor *out, ct_tensor *kept, ct_tensor input, double ratio, uint64_t seed,
                     char **message);

#ifdef __cplusplus
}
#endif
#endif
