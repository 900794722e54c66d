/// Losses and optimizer steps.
#ifndef CTORCH_TRAINING_H
#define CTORCH_TRAINING_H

#include "ctorch_core.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Mean cross-entropy of `logits` `[rows, classes]` with `labels` `[rows]` (int64).
ct_status ct_cross_entropy(ct_tensor *out, ct_tensor logits, ct_tensor labels, double smoothing,
                           char **message);

/// Mean squared difference of two tensors of one shape.
ct_status ct_mean_squared_error(ct_tensor *out, ct_tensor output, ct_tensor target,
                                char **message);

/// temperature² times the mean over rows of KL(softmax(teacher / temperature) ‖ softmax(logits /
/// temperature)).
/// - Parameter teacher: logits, or probabilities where `is_probability`.
ct_status ct_distillation(ct_tensor *out, ct_tensor logits, ct_tensor teacher, double temperature,
                          bool is_probability, char **message);

/// Sum left + scale · right.
ct_status ct_add_scaled(ct_tensor *out, ct_tensor left, ct_tensor right, double scale,
                        char **message);

/// The only element of `input`.
ct_status ct_item(double *out, ct_tensor input, char **message);

/// Zeros shaped like `input`, detached from it.
ct_status ct_zeros_like(ct_tensor *out, ct_tensor input, char **message);

/// Multiplies `target` by the mask in place; the mask is boolean, true = kept.
ct_status ct_apply_mask(ct_tensor target, ct_tensor mask, char **message);

typedef enum ct_optimizer_kind { CT_SGD, CT_NESTEROV, CT_ADAM, CT_ADAM_W } ct_optimizer_kind;

typedef struct ct_optimizer {
  ct_optimizer_kind kind;
  double learning_rate;
  double weight_decay;
  /// SGD's momentum, or Adam's β₁.
  double first_decay;
  /// Adam's β₂.
  double second_decay;
  double epsilon;
  /// Largest L2 norm of the whole gradient; no limit where it is not positive.
  double gradient_norm_limit;
  /// Number of this step, from 1; Adam's bias correction.
  int64_t step;
} ct_optimizer;

/// One step on all parameters in place, from their collected gradients, which are forgotten.
///
/// All arrays run parallel: `first` holds momentum or first moments, `second` second moments (none
/// for SGD), `masks` booleans, true = kept ("none" where nothing is masked). Parameters without
/// gradient do not change. Masked elements of parameter, momentum and moments become zero.
ct_status ct_optimizer_step(ct_optimizer optimizer, ct_tensors parameters, ct_tensors first,
                            ct_tensors second, ct_tensors masks, char **message);

#ifdef __cplusplus
}
#endif
#endif
