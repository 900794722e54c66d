#include "include/ctorch_shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "guard.hpp"

namespace {

// More elements than any index of a supported graph can ask for.
constexpr int64_t kElementLimit = int64_t{1} << 31;

void require_axis(const at::Tensor &x, int64_t axis) {
  ct::require(axis >= 0 && axis < std::max<int64_t>(x.dim(), 1), "the axis is out of range");
}

void require_count(at::IntArrayRef extents) {
  int64_t count = 1;
  for (const int64_t extent : extents) {
    ct::require(extent >= 0, "an extent is negative");
    ct::require(extent == 0 || count <= kElementLimit / extent, "the result is too large");
    count *= extent;
  }
}

// Indices as int64 in 0 ..< extent.
at::Tensor wrapped(const at::Tensor &indices, int64_t extent) {
  const at::Tensor whole = indices.to(at::kLong);
  const at::Tensor result = at::where(whole < 0, whole + extent, whole);
  if (result.numel() > 0) {
    const bool fits = result.min().item<int64_t>() >= 0 && result.max().item<int64_t>() < extent;
    ct::require(fits, "an index is out of range");
  }
  return result;
}

// Row numbers of `indices`' entries in the tensor whose axes `first`, `first + 1`, … are merged.
at::Tensor merged_indices(const at::Tensor &x, const at::Tensor &indices, int64_t first) {
  ct::require(indices.dim() > 0, "the indices have no axes");
  const int64_t depth = indices.size(-1);
  ct::require(depth >= 1 && first + depth <= x.dim(), "the indices have too many columns");
  at::Tensor rows;
  for (int64_t column = 0; column < depth; ++column) {
    const int64_t extent = x.size(first + column);
    const at::Tensor position = wrapped(indices.select(-1, column), extent);
    rows = column == 0 ? position : rows * extent + position;
  }
  return rows;
}

int64_t product(at::IntArrayRef extents) {
  int64_t count = 1;
  for (const int64_t extent : extents) count *= extent;
  return count;
}

at::Tensor scattered(ct_scatter_kind kind, const at::Tensor &x, int64_t axis,
                     const at::Tensor &indices, const at::Tensor &updates) {
  switch (kind) {
    case CT_SCATTER_REPLACE: return at::scatter(x, axis, indices, updates);
    case CT_SCATTER_ADD: return at::scatter_add(x, axis, indices, updates);
    case CT_SCATTER_MULTIPLY: return at::scatter_reduce(x, axis, indices, updates, "prod");
    case CT_SCATTER_MAXIMUM: return at::scatter_reduce(x, axis, indices, updates, "amax");
    case CT_SCATTER_MINIMUM: return at::scatter_reduce(x, axis, indices, updates, "amin");
  }
  throw ct::BadArgument("unknown kind of scatter");
}

// Source of position `i` of a padded axis, `i` counted from the first stored element.
int64_t source(ct_pad_kind kind, int64_t i, int64_t extent) {
  const auto modulo = [](int64_t a, int64_t b) { return ((a % b) + b) % b; };
  switch (kind) {
    case CT_PAD_EDGE: return std::clamp<int64_t>(i, 0, extent - 1);
    case CT_PAD_WRAP: return modulo(i, extent);
    default: break;
  }
  if (extent == 1) return 0;
  const int64_t folded = modulo(i, 2 * (extent - 1));
  return folded < extent ? folded : 2 * (extent - 1) - folded;
}

}  // namespace

ct_status ct_reshape(ct_tensor *out, ct_tensor input, ct_extents extents, char **message) {
  return ct::guard(message,
                   [&] { *out = ct::own(at::reshape(ct::get(input), ct::ints(extents))); });
}

ct_status ct_permute(ct_tensor *out, ct_tensor input, ct_extents axes, char **message) {
  return ct::guard(message, [&] { *out = ct::own(at::permute(ct::get(input), ct::ints(axes))); });
}

ct_status ct_expand(ct_tensor *out, ct_tensor input, ct_extents extents, char **message) {
  return ct::guard(message, [&] {
    require_count(ct::ints(extents));
    *out = ct::own(ct::get(input).expand(ct::ints(extents)));
  });
}

ct_status ct_tile(ct_tensor *out, ct_tensor input, ct_extents repeats, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(static_cast<int64_t>(repeats.count) == x.dim(), "one repeat per axis is needed");
    std::vector<int64_t> extents = x.sizes().vec();
    for (size_t axis = 0; axis < repeats.count; ++axis) {
      const int64_t repeat = repeats.values[axis];
      ct::require(repeat >= 0 && repeat <= kElementLimit, "a repeat is out of range");
      ct::require(extents[axis] <= kElementLimit / std::max<int64_t>(repeat, 1),
                  "the result is too large");
      extents[axis] *= repeat;
    }
    require_count(extents);
    *out = ct::own(x.repeat(ct::ints(repeats)));
  });
}

ct_status ct_concatenate(ct_tensor *out, ct_tensors inputs, int64_t axis, char **message) {
  return ct::guard(message, [&] { *out = ct::own(at::cat(ct::get(inputs), axis)); });
}

ct_status ct_slice(ct_tensor *out, ct_tensor input, int64_t axis, int64_t start, int64_t step,
                   int64_t count, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    require_axis(x, axis);
    ct::require(step != 0 && count >= 0, "the step is zero or the count negative");
    if (count <= 1) {
      *out = ct::own(x.narrow(axis, count == 0 ? 0 : start, count));
      return;
    }
    const int64_t last = start + (count - 1) * step;
    const int64_t extent = x.size(axis);
    ct::require(std::min(start, last) >= 0 && std::max(start, last) < extent,
                "the slice leaves the axis");
    *out = ct::own(step > 0 ? at::slice(x, axis, start, last + 1, step)
                            : at::flip(at::slice(x, axis, last, start + 1, -step), {axis}));
  });
}

ct_status ct_gather(ct_tensor *out, ct_tensor input, ct_tensor indices, int64_t axis,
                    char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor &i = ct::get(indices);
    ct::require(axis >= 0 && axis < x.dim(), "the axis is out of range");
    std::vector<int64_t> extents(x.sizes().begin(), x.sizes().begin() + axis);
    extents.insert(extents.end(), i.sizes().begin(), i.sizes().end());
    extents.insert(extents.end(), x.sizes().begin() + axis + 1, x.sizes().end());
    const at::Tensor flat = wrapped(i.reshape({-1}), x.size(axis));
    *out = ct::own(at::index_select(x, axis, flat).reshape(extents));
  });
}

ct_status ct_gather_elements(ct_tensor *out, ct_tensor input, ct_tensor indices, int64_t axis,
                             char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    require_axis(x, axis);
    *out = ct::own(at::gather(x, axis, wrapped(ct::get(indices), x.size(axis))));
  });
}

ct_status ct_gather_nd(ct_tensor *out, ct_tensor input, ct_tensor indices, int64_t batch_axes,
                       char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor &i = ct::get(indices);
    ct::require(batch_axes >= 0 && batch_axes < std::min(x.dim(), i.dim()),
                "batch_dims is out of range");
    const at::IntArrayRef batch = x.sizes().slice(0, batch_axes);
    ct::require(batch.equals(i.sizes().slice(0, batch_axes)), "the batch axes differ");
    const at::Tensor rows = merged_indices(x, i, batch_axes);
    const at::IntArrayRef rest = x.sizes().slice(batch_axes + i.size(-1));
    const int64_t batches = product(batch);
    const int64_t positions = product(x.sizes().slice(batch_axes, i.size(-1)));
    std::vector<int64_t> extents = rows.sizes().vec();
    extents.insert(extents.end(), rest.begin(), rest.end());
    at::Tensor offsets = at::arange(batches, at::kLong).mul_(positions).reshape({-1, 1});
    const at::Tensor flat = (rows.reshape({batches, -1}) + offsets).reshape({-1});
    const at::Tensor table = x.reshape({batches * positions, product(rest)});
    *out = ct::own(at::index_select(table, 0, flat).reshape(extents));
  });
}

ct_status ct_scatter_elements(ct_tensor *out, ct_scatter_kind kind, ct_tensor input,
                              ct_tensor indices, ct_tensor updates, int64_t axis, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    require_axis(x, axis);
    const at::Tensor positions = wrapped(ct::get(indices), x.size(axis));
    *out = ct::own(scattered(kind, x, axis, positions, ct::get(updates)));
  });
}

ct_status ct_scatter_nd(ct_tensor *out, ct_scatter_kind kind, ct_tensor input, ct_tensor indices,
                        ct_tensor updates, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    const at::Tensor &i = ct::get(indices);
    const at::Tensor rows = merged_indices(x, i, 0).reshape({-1, 1});
    const int64_t width = product(x.sizes().slice(i.size(-1)));
    const int64_t positions = product(x.sizes().slice(0, i.size(-1)));
    const at::Tensor values = ct::get(updates).reshape({rows.size(0), width});
    const at::Tensor table = x.reshape({positions, width});
    *out = ct::own(scattered(kind, table, 0, rows.expand({-1, width}), values).reshape(x.sizes()));
  });
}

ct_status ct_pad(ct_tensor *out, ct_tensor input, ct_pad_kind kind, ct_extents before,
                 ct_extents after, ct_tensor value, char **message) {
  return ct::guard(message, [&] {
    at::Tensor x = ct::get(input);
    const int64_t rank = x.dim();
    ct::require(static_cast<int64_t>(before.count) == rank && before.count == after.count,
                "two pads per axis are needed");
    std::vector<int64_t> extents = x.sizes().vec();
    for (int64_t axis = 0; axis < rank; ++axis) {
      for (const int64_t pad : {before.values[axis], after.values[axis]}) {
        ct::require(std::abs(pad) <= kElementLimit, "a pad is out of range");
        extents[axis] += pad;
      }
    }
    require_count(extents);
    if (kind == CT_PAD_CONSTANT) {
      std::vector<int64_t> pads;
      for (int64_t axis = rank - 1; axis >= 0; --axis) {
        pads.insert(pads.end(), {before.values[axis], after.values[axis]});
      }
      const at::Tensor fill = ct::get_or_none(value);
      *out = ct::own(at::constant_pad_nd(x, pads, fill.defined() ? fill.item() : at::Scalar(0)));
      return;
    }
    for (int64_t axis = 0; axis < rank; ++axis) {
      if (before.values[axis] == 0 && after.values[axis] == 0) continue;
      ct::require(x.size(axis) > 0, "an empty axis cannot be extended");
      at::Tensor positions = at::empty({extents[axis]}, at::kLong);
      int64_t *position = positions.data_ptr<int64_t>();
      for (int64_t i = 0; i < extents[axis]; ++i) {
        position[i] = source(kind, i - before.values[axis], x.size(axis));
      }
      x = at::index_select(x, axis, positions);
    }
    *out = ct::own(x);
  });
}

ct_status ct_triangle(ct_tensor *out, ct_tensor input, int64_t diagonal, bool upper,
                      char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    *out = ct::own(upper ? at::triu(x, diagonal) : at::tril(x, diagonal));
  });
}

ct_status ct_range(ct_tensor *out, ct_tensor start, ct_tensor limit, ct_tensor delta,
                   char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &first = ct::get(start);
    const double from = first.item<double>();
    const double step = ct::get(delta).item<double>();
    ct::require(step != 0, "the step is zero");
    const double count = std::max(0.0, std::ceil((ct::get(limit).item<double>() - from) / step));
    ct::require(count <= static_cast<double>(kElementLimit), "the range is too long");
    const auto type = at::isFloatingType(first.scalar_type()) ? at::kDouble : at::kLong;
    const at::Tensor positions = at::arange(static_cast<int64_t>(count), type);
    const at::Tensor values =
        positions * ct::get(delta).to(type).reshape({}) + first.to(type).reshape({});
    *out = ct::own(values.to(first.scalar_type()));
  });
}

ct_status ct_nonzero(ct_tensor *out, ct_tensor input, char **message) {
  return ct::guard(message,
                   [&] { *out = ct::own(at::nonzero(ct::get(input)).t().contiguous()); });
}

ct_status ct_one_hot(ct_tensor *out, ct_tensor indices, int64_t depth, ct_tensor values,
                     int64_t axis, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor whole = ct::get(indices).to(at::kLong);
    ct::require(depth >= 0 && depth <= kElementLimit, "the depth is out of range");
    ct::require(axis >= 0 && axis <= whole.dim(), "the axis is out of range");
    std::vector<int64_t> extents = whole.sizes().vec();
    extents.push_back(depth);
    require_count(extents);
    std::vector<int64_t> line(whole.dim() + 1, 1);
    line[axis] = depth;
    const at::Tensor positive = at::where(whole < 0, whole + depth, whole).unsqueeze(axis);
    const at::Tensor hit = positive == at::arange(depth, at::kLong).reshape(line);
    const at::Tensor pair = ct::get(values).reshape({-1});
    ct::require(pair.numel() == 2, "values must be two");
    *out = ct::own(at::where(hit, pair[1], pair[0]));
  });
}

ct_status ct_eye(ct_tensor *out, ct_type type, int64_t rows, int64_t columns, int64_t diagonal,
                 char **message) {
  return ct::guard(message, [&] {
    const int64_t extents[] = {rows, columns};
    require_count(extents);
    const at::Tensor row = at::arange(rows, at::kLong).reshape({-1, 1});
    const at::Tensor column = at::arange(columns, at::kLong);
    *out = ct::own((column - row == diagonal).to(ct::scalar_type(type)));
  });
}

ct_status ct_einsum(ct_tensor *out, const char *equation, ct_tensors inputs, char **message) {
  return ct::guard(message, [&] {
    ct::require(equation != nullptr, "the equation is missing");
    *out = ct::own(at::einsum(equation, ct::get(inputs)));
  });
}
