/// Layers: convolution, pooling, normalization, recurrence, resizing.
///
/// Data is `[N, C, spatial…]` with one to three spatial axes. `pads_before` and `pads_after` hold
/// one number per spatial axis.
#ifndef CTORCH_NETWORK_H
#define CTORCH_NETWORK_H

#include "ctorch_core.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_window {
  ct_extents kernel;
  ct_extents strides;
  ct_extents dilations;
  ct_extents pads_before;
  ct_extents pads_after;
} ct_window;

/// Convolution; `weight` is `[O, C / groups, kernel…]`, `bias` `[O]` or "none"; `reduced` multiplies
/// float32 as bfloat16. The window's kernel is not used.
ct_status ct_convolution(ct_tensor *out, ct_tensor input, ct_tensor weight, ct_tensor bias,
                         ct_window window, int64_t groups, bool reduced, char **message);

/// Transposed convolution; `weight` is `[C, O / groups, kernel…]`; pads crop the result, negative
/// ones extend it by `bias` alone.
ct_status ct_transposed_convolution(ct_tensor *out, ct_tensor input, ct_tensor weight,
                                    ct_tensor bias, ct_window window, int64_t groups, bool reduced,
                                    char **message);

ct_status ct_max_pool(ct_tensor *out, ct_tensor input, ct_window window, char **message);

/// Average pool: mean over each window. Padding counts as zeros where `counts_padding`, else not at all; the last
/// `uncounted` positions of `pads_after`, one number per axis, never count.
ct_status ct_average_pool(ct_tensor *out, ct_tensor input, ct_window window, bool counts_padding,
                          ct_extents uncounted, char **message);

/// Norm pool: (Σ |x|^order)^(1 / order) over each window.
ct_status ct_norm_pool(ct_tensor *out, ct_tensor input, ct_window window, double order,
                       char **message);

/// Batch normalization; `scale`, `bias`, `mean`, `variance` are `[C]`. With `uses_batch` statistics
/// come from the batch, and `mean` and `variance` become (1 − weight) · old + weight · batch in
/// place, the variance as mean squared deviation.
ct_status ct_batch_normalization(ct_tensor *out, ct_tensor input, ct_tensor scale, ct_tensor bias,
                                 ct_tensor mean, ct_tensor variance, double epsilon,
                                 bool uses_batch, double weight, char **message);

/// Layer normalization over all axes from `axis` on; `scale` and `bias` have the extents of those
/// axes or are "none".
/// The statistics are computed where both places for them are given.
ct_status ct_layer_normalization(ct_tensor *out, ct_tensor *mean, ct_tensor *inverse_deviation,
                                 ct_tensor input, ct_tensor scale, ct_tensor bias, int64_t axis,
                                 double epsilon, char **message);

/// Group normalization over the channels of each group and all positions; `scale` and `bias` are
/// `[C]`.
ct_status ct_group_normalization(ct_tensor *out, ct_tensor input, int64_t groups, ct_tensor scale,
                                 ct_tensor bias, double epsilon, char **message);

/// RMS normalization: x / √(mean(x²) + ε) · scale over all axes from `axis` on.
ct_status ct_rms_normalization(ct_tensor *out, ct_tensor input, ct_tensor scale, int64_t axis,
                               double epsilon, char **message);

/// Local response normalization: x / (bias + alpha / size · Σ x²)^beta over `size` neighbouring channels.
ct_status ct_local_response_normalization(ct_tensor *out, ct_tensor input, int64_t size,
                                          double alpha, double beta, double bias, char **message);

/// Norm normalization: x / ‖x‖ along `axis`; zero where the norm is zero.
ct_status ct_norm_normalization(ct_tensor *out, ct_tensor input, int64_t order, int64_t axis,
                                char **message);

/// Standardization: (x − mean) / (deviation + 1e-9) over `axes`.
ct_status ct_standardization(ct_tensor *out, ct_tensor input, ct_extents axes, char **message);

/// Resampling: each output along `axis` is a weighted sum of `taps` inputs; `positions` (int64) and
/// `weights` are `[taps, outputs]`, `weights` may be "none" with one tap.
ct_status ct_resample(ct_tensor *out, ct_tensor input, int64_t axis, ct_tensor positions,
                      ct_tensor weights, char **message);

typedef enum ct_recurrence_kind {
  CT_LSTM,
  /// The reset gate multiplies the state before the matrix product.
  CT_GRU_RESET_BEFORE,
  /// The reset gate multiplies the product.
  CT_GRU_RESET_AFTER,
  CT_RNN_TANH, CT_RNN_RELU,
} ct_recurrence_kind;

/// Tensors of one recurrent layer in ONNX's layout: `[T, N, I]`, `[D, G · H, I]`, `[D, G · H, H]`,
/// `[D, 2 · G · H]`, `[N]`, and twice `[D, N, H]`; "none" from the bias on where absent. Lengths
/// and states with one example serve all.
typedef struct ct_recurrence {
  ct_recurrence_kind kind;
  ct_tensor input, weight, state_weight, bias, lengths, state, cell;
  /// Runs from the last step to the first; for one direction only.
  bool reversed;
} ct_recurrence;

/// Output of a recurrent layer.
/// - Parameter sequence: `[T, D, N, H]`, zero beyond each length. `last` and `last_cell` (LSTM) are
///   `[D, N, H]`.
ct_status ct_recur(ct_tensor *sequence, ct_tensor *last, ct_tensor *last_cell,
                   ct_recurrence recurrence, char **message);

#ifdef __cplusplus
}
#endif
#endif
