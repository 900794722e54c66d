#include "include/ctorch_training.h"

#include "guard.hpp"

ct_status ct_cross_entropy(ct_tensor *out, ct_tensor logits, ct_tensor labels, double smoothing,
                           char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &scores = ct::get(logits);
    const at::Tensor &classes = ct::get(labels);
    ct::require(scores.dim() == 2 && classes.dim() == 1 && scores.size(0) == classes.size(0),
                "the logits must be [rows, classes] and the labels [rows]");
    *out = ct::own(at::cross_entropy_loss(scores, classes, at::Tensor(), at::Reduction::Mean,
                                          -100, smoothing));
  });
}

ct_status ct_mean_squared_error(ct_tensor *out, ct_tensor output, ct_tensor target,
                                char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &value = ct::get(output);
    const at::Tensor &wanted = ct::get(target);
    ct::require(value.numel() == wanted.numel(), "output and target differ in size");
    *out = ct::own(at::mse_loss(value, wanted.reshape(value.sizes()).to(value.scalar_type())));
  });
}

ct_status ct_distillation(ct_tensor *out, ct_tensor logits, ct_tensor teacher, double temperature,
                          bool is_probability, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &student = ct::get(logits);
    at::Tensor guide = ct::get(teacher).reshape(student.sizes()).to(student.scalar_type());
    if (is_probability) guide = at::log(at::clamp_min(guide, 1e-30));
    const at::Tensor expected = at::log_softmax(guide / temperature, 1);
    const at::Tensor found = at::log_softmax(student / temperature, 1);
    const at::Tensor divergence =
        at::sum(at::exp(expected) * (expected - found)) / student.size(0);
    *out = ct::own(divergence * (temperature * temperature));
  });
}

ct_status ct_add_scaled(ct_tensor *out, ct_tensor left, ct_tensor right, double scale,
                        char **message) {
  return ct::guard(message,
                   [&] { *out = ct::own(at::add(ct::get(left), ct::get(right), scale)); });
}

ct_status ct_item(double *out, ct_tensor input, char **message) {
  return ct::guard(message, [&] { *out = ct::get(input).item<double>(); });
}

ct_status ct_zeros_like(ct_tensor *out, ct_tensor input, char **message) {
  return ct::guard(message, [&] { *out = ct::own(at::zeros_like(ct::get(input).detach())); });
}

ct_status ct_apply_mask(ct_tensor target, ct_tensor mask, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    at::Tensor tensor = ct::get(target);
    tensor.masked_fill_(at::logical_not(ct::get(mask)), 0);
  });
}
