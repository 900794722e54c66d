#include "include/ctorch_statistics.h"

#include "guard.hpp"

namespace {

void add(ct_tensor target, const at::Tensor &values, double weight = 1) {
  if (!target.impl) return;
  at::Tensor accumulator = ct::get(target);
  accumulator.add_(values.reshape(accumulator.sizes()).to(accumulator.scalar_type()), weight);
}

// [C, everything else]
at::Tensor by_channel(const at::Tensor &x, int64_t channel_axis) {
  return x.movedim(channel_axis, 0).reshape({x.size(channel_axis), -1});
}

}  // namespace

ct_status ct_convolution_columns(ct_tensor *out, ct_tensor input, ct_window window, int64_t groups,
                                 char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    const at::Tensor &x = ct::get(input);
    const auto axes = static_cast<int64_t>(window.kernel.count);
    ct::require(x.dim() == axes + 2 && groups > 0 && x.size(1) % groups == 0,
                "the data must be [N, C, spatial…] with channels for every group");
    std::vector<int64_t> pads;
    for (int64_t axis = axes - 1; axis >= 0; --axis) {
      pads.push_back(window.pads_before.values[axis]);
      pads.push_back(window.pads_after.values[axis]);
    }
    const at::Tensor padded = at::constant_pad_nd(x.detach(), pads, 0).contiguous();
    const int64_t channels = padded.size(1) / groups;
    std::vector<int64_t> sizes{padded.size(0), groups, channels};
    std::vector<int64_t> strides{padded.stride(0), padded.stride(1) * channels, padded.stride(1)};
    int64_t inputs = channels;
    int64_t positions = 1;
    for (int64_t axis = 0; axis < axes; ++axis) {
      inputs *= window.kernel.values[axis];
      sizes.push_back(window.kernel.values[axis]);
      strides.push_back(padded.stride(axis + 2) * window.dilations.values[axis]);
    }
    for (int64_t axis = 0; axis < axes; ++axis) {
      const int64_t reach = window.dilations.values[axis] * (window.kernel.values[axis] - 1) + 1;
      const int64_t extent = (padded.size(axis + 2) - reach) / window.strides.values[axis] + 1;
      positions *= extent;
      sizes.push_back(extent);
      strides.push_back(padded.stride(axis + 2) * window.strides.values[axis]);
    }
    *out = ct::own(padded.as_strided(sizes, strides)
                       .reshape({padded.size(0), groups, inputs, positions}));
  });
}

ct_status ct_rows(ct_tensor *out, ct_tensor input, int64_t start, int64_t count, char **message) {
  return ct::guard(message,
                   [&] { *out = ct::own(ct::get(input).detach().narrow(0, start, count)); });
}

ct_status ct_accumulate_inputs(ct_tensor sum, ct_tensor square_sum, ct_tensor gram,
                               ct_tensor columns, double weight, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    const at::Tensor x = ct::get(columns).detach();
    if (sum.impl) add(sum, x.sum(at::IntArrayRef{0, 3}), weight);
    if (square_sum.impl) add(square_sum, (x * x).sum(at::IntArrayRef{0, 3}), weight);
    if (gram.impl) {
      const at::Tensor rows = x.permute({1, 2, 0, 3}).reshape({x.size(1), x.size(2), -1});
      add(gram, at::bmm(rows, rows.transpose(1, 2)), weight);
    }
  });
}

ct_status ct_accumulate_gradients(ct_tensor square_sum, ct_tensor absolute_sum, ct_tensor columns,
                                  ct_tensor deltas, double scale, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    const at::Tensor x = ct::get(columns).detach();
    const at::Tensor delta = ct::get(deltas).detach() * scale;
    ct::require(x.dim() == 4 && delta.dim() == 4 && x.size(0) == delta.size(0) &&
                    x.size(1) == delta.size(1) && x.size(3) == delta.size(3),
                "inputs and output gradients do not belong together");
    const int64_t examples = x.size(0), groups = x.size(1), inputs = x.size(2);
    const int64_t outputs = delta.size(2), positions = x.size(3);
    if (positions == 1) {
      const at::Tensor left = delta.squeeze(3).permute({1, 2, 0});
      const at::Tensor right = x.squeeze(3).permute({1, 0, 2});
      add(square_sum, at::bmm(left * left, right * right));
      add(absolute_sum, at::bmm(left.abs(), right.abs()));
      return;
    }
    const at::Tensor gradient =
        at::bmm(delta.reshape({examples * groups, outputs, positions}),
                x.reshape({examples * groups, inputs, positions}).transpose(1, 2))
            .reshape({examples, groups, outputs, inputs});
    add(square_sum, (gradient * gradient).sum(at::IntArrayRef{0}));
    add(absolute_sum, gradient.abs().sum(at::IntArrayRef{0}));
  });
}

ct_status ct_accumulate_outputs(ct_tensor sum, ct_tensor square_sum, ct_tensor absolute_sum,
                                ct_tensor zero_count, ct_tensor output, ct_tensor activation,
                                int64_t channel_axis, double weight, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    const at::Tensor raw = by_channel(ct::get(output).detach(), channel_axis);
    const at::Tensor active = by_channel(ct::get(activation).detach(), channel_axis);
    add(sum, raw.sum(1), weight);
    add(square_sum, (raw * raw).sum(1), weight);
    add(absolute_sum, active.abs().sum(1), weight);
    add(zero_count, (active == 0).sum(1), weight);
  });
}

ct_status ct_feature_rows(ct_tensor *out, ct_tensor columns, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor x = ct::get(columns).detach();
    ct::require(x.dim() == 4, "columns have four axes");
    *out = ct::own(x.permute({1, 2, 0, 3}).reshape({x.size(1), x.size(2), -1}));
  });
}

ct_status ct_group_products(ct_tensor *out, ct_tensor weights, ct_tensor rows, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    *out = ct::own(at::bmm(ct::get(weights).detach(), ct::get(rows).detach()));
  });
}

ct_status ct_accumulate_residuals(ct_tensor gram, ct_tensor cross, ct_tensor feature_sum,
                                  ct_tensor residual_sum, ct_tensor rows, ct_tensor residuals,
                                  ct_tensor features, double weight, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    at::Tensor x = ct::get(rows).detach();
    const at::Tensor r = ct::get(residuals).detach();
    ct::require(x.dim() == 3 && r.dim() == 3 && x.size(0) == r.size(0) && x.size(2) == r.size(2),
                "inputs and residuals do not belong together");
    if (features.impl) x = x.index_select(1, ct::get(features));
    add(gram, at::bmm(x, x.transpose(1, 2)), weight);
    add(cross, at::bmm(x, r.transpose(1, 2)), weight);
    add(feature_sum, x.sum(2), weight);
    add(residual_sum, r.sum(2), weight);
  });
}
