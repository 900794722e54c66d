#include "include/ctorch_network.h"

#include <algorithm>
#include <limits>

#include "guard.hpp"

namespace {

using Extents = std::vector<int64_t>;

Extents copied(ct_extents extents) {
  return Extents(extents.values, extents.values + extents.count);
}

struct Window {
  Extents kernel, strides, dilations, before, after;

  explicit Window(const ct_window &window)
      : kernel(copied(window.kernel)),
        strides(copied(window.strides)),
        dilations(copied(window.dilations)),
        before(copied(window.pads_before)),
        after(copied(window.pads_after)) {}

  size_t axes() const { return strides.size(); }

  void require_fit(const at::Tensor &x) const {
    const size_t n = axes();
    ct::require(n >= 1 && n <= 3 && x.dim() == static_cast<int64_t>(n) + 2,
                "the data needs a batch axis, a channel axis and one to three spatial axes");
    ct::require(dilations.size() == n && before.size() == n && after.size() == n,
                "strides, dilations and pads need one number per spatial axis");
  }

  bool is_symmetric() const { return before == after; }

  bool is_dilated() const {
    return std::any_of(dilations.begin(), dilations.end(), [](int64_t d) { return d != 1; });
  }

  // Whether every pooling kernel of libtorch accepts the pads.
  bool is_native_pool() const {
    if (!is_symmetric()) return false;
    for (size_t i = 0; i < axes(); ++i) {
      if (before[i] < 0 || before[i] * 2 > kernel[i]) return false;
    }
    return true;
  }
};

// Pads the spatial axes, last axis first as libtorch counts; negative pads crop.
at::Tensor padded(const at::Tensor &x, const Extents &before, const Extents &after, double value) {
  Extents pads;
  for (size_t i = before.size(); i-- > 0;) pads.insert(pads.end(), {before[i], after[i]});
  const bool is_none = std::all_of(pads.begin(), pads.end(), [](int64_t pad) { return pad == 0; });
  return is_none ? x : at::constant_pad_nd(x, pads, value);
}

at::Tensor lowered(const at::Tensor &x, bool reduced) {
  return reduced && x.defined() && x.scalar_type() == at::kFloat ? x.to(at::kBFloat16) : x;
}

at::Tensor convolved(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                     const Window &window, const Extents &pads, bool transposed,
                     const Extents &output_pads, int64_t groups, bool reduced) {
  ct::require(weight.dim() == x.dim(), "weight and data differ in rank");
  ct::require(groups >= 1, "the number of groups must be positive");
  return at::convolution(lowered(x, reduced), lowered(weight, reduced), lowered(bias, reduced),
                         window.strides, pads, window.dilations, transposed, output_pads, groups)
      .to(x.scalar_type());
}

at::Tensor max_pool(const at::Tensor &x, const Window &window, const Extents &pads) {
  switch (window.axes()) {
    case 1: return at::max_pool1d(x, window.kernel, window.strides, pads, window.dilations, false);
    case 2: return at::max_pool2d(x, window.kernel, window.strides, pads, window.dilations, false);
    default: return at::max_pool3d(x, window.kernel, window.strides, pads, window.dilations, false);
  }
}

at::Tensor average_pool(const at::Tensor &x, const Window &window, const Extents &pads,
                        bool counts_padding) {
  switch (window.axes()) {
    case 1: return at::avg_pool1d(x, window.kernel, window.strides, pads, false, counts_padding);
    case 2: return at::avg_pool2d(x, window.kernel, window.strides, pads, false, counts_padding);
    default: return at::avg_pool3d(x, window.kernel, window.strides, pads, false, counts_padding);
  }
}

// Sum over each window, without padding.
at::Tensor sum_pool(const at::Tensor &x, const Window &window) {
  const Extents none(window.axes(), 0);
  int64_t area = 1;
  for (const int64_t extent : window.kernel) area *= extent;
  if (!window.is_dilated()) return average_pool(x, window, none, true) * static_cast<double>(area);
  Extents kernel{1, 1}, planes = x.sizes().vec();
  kernel.insert(kernel.end(), window.kernel.begin(), window.kernel.end());
  planes[0] *= planes[1];
  planes[1] = 1;
  const at::Tensor sums = at::convolution(x.reshape(planes), at::ones(kernel, x.options()), {},
                                          window.strides, none, window.dilations, false, none, 1);
  Extents extents = sums.sizes().vec();
  extents[0] = x.size(0);
  extents[1] = x.size(1);
  return sums.reshape(extents);
}

Extents axes_from(const at::Tensor &x, int64_t axis) {
  ct::require(axis >= 0 && axis < x.dim(), "the axis is out of range");
  Extents axes;
  for (int64_t i = axis; i < x.dim(); ++i) axes.push_back(i);
  return axes;
}

}  // namespace

ct_status ct_convolution(ct_tensor *out, ct_tensor input, ct_tensor weight, ct_tensor bias,
                         ct_window window, int64_t groups, bool reduced, char **message) {
  return ct::guard(message, [&] {
    at::Tensor x = ct::get(input);
    const Window w(window);
    w.require_fit(x);
    const Extents none(w.axes(), 0);
    if (!w.is_symmetric()) x = padded(x, w.before, w.after, 0);
    *out = ct::own(convolved(x, ct::get(weight), ct::get_or_none(bias), w,
                             w.is_symmetric() ? w.before : none, false, none, groups, reduced));
  });
}

ct_status ct_transposed_convolution(ct_tensor *out, ct_tensor input, ct_tensor weight,
                                    ct_tensor bias, ct_window window, int64_t groups, bool reduced,
                                    char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor &kernel = ct::get(weight);
    const at::Tensor b = ct::get_or_none(bias);
    const Window w(window);
    w.require_fit(x);
    const Extents none(w.axes(), 0);
    const bool crops =
        std::all_of(w.before.begin(), w.before.end(), [](int64_t pad) { return pad >= 0; });
    if (w.is_symmetric() && crops) {
      *out = ct::own(convolved(x, kernel, b, w, w.before, true, none, groups, reduced));
      return;
    }
    Extents before, after;
    for (size_t i = 0; i < w.axes(); ++i) {
      before.push_back(-w.before[i]);
      after.push_back(-w.after[i]);
    }
    at::Tensor y = convolved(x, kernel, at::Tensor(), w, none, true, none, groups, reduced);
    y = padded(y, before, after, 0);
    if (b.defined()) {
      Extents line(y.dim(), 1);
      line[1] = -1;
      y = y + b.reshape(line);
    }
    *out = ct::own(y);
  });
}

ct_status ct_max_pool(ct_tensor *out, ct_tensor input, ct_window window, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &given = ct::get(input);
    const Window w(window);
    w.require_fit(given);
    const at::Tensor x = at::isFloatingType(given.scalar_type()) ? given : given.to(at::kFloat);
    const Extents none(w.axes(), 0);
    const double lowest = -std::numeric_limits<double>::infinity();
    const at::Tensor y = w.is_native_pool()
                             ? max_pool(x, w, w.before)
                             : max_pool(padded(x, w.before, w.after, lowest), w, none);
    *out = ct::own(y.to(given.scalar_type()));
  });
}

ct_status ct_average_pool(ct_tensor *out, ct_tensor input, ct_window window, bool counts_padding,
                          ct_extents uncounted, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const Window w(window);
    w.require_fit(x);
    const Extents excess = copied(uncounted);
    ct::require(excess.size() == w.axes(), "one uncounted number per axis is needed");
    const bool counts_all =
        std::all_of(excess.begin(), excess.end(), [](int64_t extra) { return extra == 0; });
    if (w.is_native_pool() && !w.is_dilated() && counts_all) {
      *out = ct::own(average_pool(x, w, w.before, counts_padding));
      return;
    }
    Extents plane(x.dim(), 1), edge;
    for (size_t i = 0; i < w.axes(); ++i) {
      plane[i + 2] = x.size(i + 2);
      edge.push_back(w.after[i] - excess[i]);
    }
    const Extents none(w.axes(), 0);
    at::Tensor counted = at::ones(plane, x.options());
    counted = padded(counted, w.before, edge, counts_padding ? 1 : 0);
    const at::Tensor counts = sum_pool(padded(counted, none, excess, 0), w);
    *out = ct::own(sum_pool(padded(x, w.before, w.after, 0), w) / counts);
  });
}

ct_status ct_norm_pool(ct_tensor *out, ct_tensor input, ct_window window, double order,
                       char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const Window w(window);
    w.require_fit(x);
    const at::Tensor powers = at::pow(at::abs(x), order);
    *out = ct::own(at::pow(sum_pool(padded(powers, w.before, w.after, 0), w), 1 / order));
  });
}

ct_status ct_batch_normalization(ct_tensor *out, ct_tensor input, ct_tensor scale, ct_tensor bias,
                                 ct_tensor mean, ct_tensor variance, double epsilon,
                                 bool uses_batch, double weight, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    at::Tensor running_mean = ct::get(mean);
    at::Tensor running_variance = ct::get(variance);
    ct::require(x.dim() >= 2, "the data needs a batch axis and a channel axis");
    for (const at::Tensor &one : {ct::get(scale), ct::get(bias), running_mean, running_variance}) {
      ct::require(one.dim() == 1 && one.size(0) == x.size(1),
                  "one parameter per channel is needed");
    }
    if (!uses_batch) {
      *out = ct::own(at::batch_norm(x, ct::get(scale), ct::get(bias), running_mean,
                                    running_variance, false, 0, epsilon, false));
      return;
    }
    const auto [y, batch_mean, inverse_deviation] = at::native_batch_norm(
        x, ct::get(scale), ct::get(bias), at::Tensor(), at::Tensor(), true, 0, epsilon);
    const at::Tensor deviation = inverse_deviation.detach().reciprocal();
    const at::Tensor batch_variance = (deviation * deviation - epsilon).clamp_min(0);
    running_mean.detach().mul_(1 - weight).add_(batch_mean.detach(), weight);
    running_variance.detach().mul_(1 - weight).add_(batch_variance, weight);
    *out = ct::own(y);
  });
}

ct_status ct_layer_normalization(ct_tensor *out, ct_tensor *mean, ct_tensor *inverse_deviation,
                                 ct_tensor input, ct_tensor scale, ct_tensor bias, int64_t axis,
                                 double epsilon, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(axis >= 0 && axis < x.dim(), "the axis is out of range");
    const at::Tensor gain = ct::get_or_none(scale), shift = ct::get_or_none(bias);
    if (mean == nullptr || inverse_deviation == nullptr) {
      *out = ct::own(at::layer_norm(x, x.sizes().slice(axis), gain, shift, epsilon, false));
      return;
    }
    // libtorch's own statistics carry no gradient.
    const at::Tensor m = at::mean(x, axes_from(x, axis), true);
    const at::Tensor centred = x - m;
    const at::Tensor d = at::rsqrt(at::mean(centred * centred, axes_from(x, axis), true) + epsilon);
    at::Tensor y = centred * d;
    if (gain.defined()) y = y * gain;
    if (shift.defined()) y = y + shift;
    ct::publish({{out, y}, {mean, m}, {inverse_deviation, d}});
  });
}

ct_status ct_group_normalization(ct_tensor *out, ct_tensor input, int64_t groups, ct_tensor scale,
                                 ct_tensor bias, double epsilon, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(groups >= 1 && x.dim() >= 2 && x.size(1) % groups == 0,
                "the channels do not divide into the groups");
    *out = ct::own(
        at::group_norm(x, groups, ct::get_or_none(scale), ct::get_or_none(bias), epsilon, false));
  });
}

ct_status ct_rms_normalization(ct_tensor *out, ct_tensor input, ct_tensor scale, int64_t axis,
                               double epsilon, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor power = at::mean(x * x, axes_from(x, axis), true);
    *out = ct::own(x * at::rsqrt(power + epsilon) * ct::get(scale));
  });
}

ct_status ct_local_response_normalization(ct_tensor *out, ct_tensor input, int64_t size,
                                          double alpha, double beta, double bias, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(size >= 1 && x.dim() >= 2, "the size or the rank is too small");
    const at::Tensor square = (x * x).reshape({x.size(0), 1, x.size(1), -1});
    const int64_t before = (size - 1) / 2;
    const at::Tensor mean = at::avg_pool2d(
        at::constant_pad_nd(square, {0, 0, before, size - 1 - before}), {size, 1}, {1, 1});
    *out = ct::own(x / at::pow(mean.reshape(x.sizes()) * alpha + bias, beta));
  });
}

ct_status ct_norm_normalization(ct_tensor *out, ct_tensor input, int64_t order, int64_t axis,
                                char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor norm = at::norm(x, order, {axis}, true);
    *out = ct::own(x / at::where(norm == 0, at::ones_like(norm), norm));
  });
}

ct_status ct_standardization(ct_tensor *out, ct_tensor input, ct_extents axes, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor centred = x - at::mean(x, ct::ints(axes), true);
    const at::Tensor variance = at::mean(centred * centred, ct::ints(axes), true);
    *out = ct::own(centred / (at::sqrt(variance) + 1e-9));
  });
}

ct_status ct_resample(ct_tensor *out, ct_tensor input, int64_t axis, ct_tensor positions,
                      ct_tensor weights, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor &from = ct::get(positions);
    const at::Tensor share = ct::get_or_none(weights);
    ct::require(from.dim() == 2 && from.scalar_type() == at::kLong && from.size(0) > 0,
                "positions must be [taps, outputs] of int64");
    ct::require(axis >= 0 && axis < x.dim(), "the axis is out of range");
    if (!share.defined()) {
      *out = ct::own(at::index_select(x, axis, from[0]));
      return;
    }
    Extents line(x.dim(), 1);
    line[axis] = from.size(1);
    at::Tensor sum;
    for (int64_t tap = 0; tap < from.size(0); ++tap) {
      const at::Tensor part =
          at::index_select(x, axis, from[tap]) * share[tap].to(x.scalar_type()).reshape(line);
      sum = tap == 0 ? part : sum + part;
    }
    *out = ct::own(sum);
  });
}
