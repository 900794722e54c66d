#include "include/ctorch_autograd.h"

#include "guard.hpp"

bool ct_set_recording(bool recording) {
  const bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(recording);
  return before;
}

ct_status ct_set_requires_gradient(ct_tensor target, bool required, char **message) {
  return ct::guard(message, [&] {
    at::Tensor tensor = ct::get(target);
    tensor.set_requires_grad(required);
  });
}

ct_status ct_retain_gradient(ct_tensor target, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &tensor = ct::get(target);
    if (tensor.requires_grad() && !tensor.is_leaf()) tensor.retain_grad();
  });
}

ct_status ct_backward(ct_tensor loss, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &value = ct::get(loss);
    ct::require(value.numel() == 1, "the loss must be one element");
    if (value.requires_grad()) value.backward();
  });
}

ct_status ct_gradient(ct_tensor *out, ct_tensor target, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &gradient = ct::get(target).grad();
    *out = gradient.defined() ? ct::own(gradient) : ct_tensor{};
  });
}

ct_status ct_clear_gradients(ct_tensors targets, char **message) {
  return ct::guard(message, [&] {
    for (const at::Tensor &target : ct::get(targets)) target.mutable_grad() = at::Tensor();
  });
}
