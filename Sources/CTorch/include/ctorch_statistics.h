/// Sums over the inputs, outputs and per-example gradients of a layer.
///
/// A layer's operands come as columns: `[N, G, K, L]` with N examples, G groups, K inputs (or
/// outputs) per group and L positions. Accumulators are changed in place; those that are "none"
/// are skipped.
#ifndef CTORCH_STATISTICS_H
#define CTORCH_STATISTICS_H

#include "ctorch_core.h"
#include "ctorch_network.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Columns that each output position of a convolution reads: `[N, groups, C / groups · kernel,
/// positions]`; padding is zero.
ct_status ct_convolution_columns(ct_tensor *out, ct_tensor input, ct_window window, int64_t groups,
                                 char **message);

/// `count` entries of axis 0 from `start`, without a copy and detached.
ct_status ct_rows(ct_tensor *out, ct_tensor input, int64_t start, int64_t count, char **message);

/// Adds the sums and the Gram matrix of a layer's inputs, weighted by `weight`.
/// - Parameters:
///   - sum, square_sum: `[G, K]`, Σ x and Σ x² over examples and positions.
///   - gram: `[G, K, K]`, Σ x xᵀ.
ct_status ct_accumulate_inputs(ct_tensor sum, ct_tensor square_sum, ct_tensor gram,
                               ct_tensor columns, double weight, char **message);

/// Adds squares and absolute values of the weight's gradient, example by example: Σₙ (Σₗ δ xᵀ)².
/// With one position this is (δ²)(x²)ᵀ, which needs no gradient per example.
/// - Parameters:
///   - square_sum, absolute_sum: `[G, outputs / G, K]`.
///   - deltas: `[N, G, outputs / G, L]`.
ct_status ct_accumulate_gradients(ct_tensor square_sum, ct_tensor absolute_sum, ct_tensor columns,
                                  ct_tensor deltas, double scale, char **message);

/// Adds the sums of a layer's outputs and activations, weighted by `weight`.
/// - Parameters:
///   - sum, square_sum: `[C]`, of `output`, whose channels lie along `channel_axis`.
///   - absolute_sum, zero_count: `[C]`, of `activation`, laid out the same.
ct_status ct_accumulate_outputs(ct_tensor sum, ct_tensor square_sum, ct_tensor absolute_sum,
                                ct_tensor zero_count, ct_tensor output, ct_tensor activation,
                                int64_t channel_axis, double weight, char **message);

/// One row per feature over all examples and positions: `[N, G, K, L]` to `[G, K, N · L]`.
ct_status ct_feature_rows(ct_tensor *out, ct_tensor columns, char **message);

/// `weights · rows`, group by group: `[G, O, K]` and `[G, K, P]` to `[G, O, P]`, detached.
ct_status ct_group_products(ct_tensor *out, ct_tensor weights, ct_tensor rows, char **message);

/// Adds second moments of some features `x` with residuals `r`, for least squares.
/// - Parameters:
///   - gram: `[G, F, F]`, Σ x xᵀ.
///   - cross: `[G, F, O]`, Σ x rᵀ.
///   - feature_sum, residual_sum: `[G, F]` and `[G, O]`.
///   - rows: `[G, K, P]`.
///   - residuals: `[G, O, P]`.
///   - features: F indices into K, or "none" for all.
ct_status ct_accumulate_residuals(ct_tensor gram, ct_tensor cross, ct_tensor feature_sum,
                                  ct_tensor residual_sum, ct_tensor rows, ct_tensor residuals,
                                  ct_tensor features, double weight, char **message);

#ifdef __cplusplus
}
#endif
#endif
