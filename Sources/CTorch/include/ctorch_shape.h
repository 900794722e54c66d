/// Operators that move elements without computing with them. Axes are non-negative.
#ifndef CTORCH_SHAPE_H
#define CTORCH_SHAPE_H

#include "ctorch_core.h"

#ifdef __cplusplus
extern "C" {
#endif

ct_status ct_reshape(ct_tensor *out, ct_tensor input, ct_extents extents, char **message);

ct_status ct_permute(ct_tensor *out, ct_tensor input, ct_extents axes, char **message);

/// Tensor broadcast to `extents`: axes of extent 1 are repeated, new axes come first.
ct_status ct_expand(ct_tensor *out, ct_tensor input, ct_extents extents, char **message);

/// Repeats the whole tensor along each axis.
ct_status ct_tile(ct_tensor *out, ct_tensor input, ct_extents repeats, char **message);

ct_status ct_concatenate(ct_tensor *out, ct_tensors inputs, int64_t axis, char **message);

/// Elements start, start + step, … of `axis`, `count` of them; a negative step walks back.
ct_status ct_slice(ct_tensor *out, ct_tensor input, int64_t axis, int64_t start, int64_t step,
                   int64_t count, char **message);

/// A slice for each index of any shape, which takes the place of `axis`; −1 is the last.
ct_status ct_gather(ct_tensor *out, ct_tensor input, ct_tensor indices, int64_t axis,
                    char **message);

/// One element along `axis` for each index; −1 is the last.
ct_status ct_gather_elements(ct_tensor *out, ct_tensor input, ct_tensor indices, int64_t axis,
                             char **message);

/// A slice for each row of `indices`, which counts the axes after the first `batch_axes`.
ct_status ct_gather_nd(ct_tensor *out, ct_tensor input, ct_tensor indices, int64_t batch_axes,
                       char **message);

typedef enum ct_scatter_kind {
  CT_SCATTER_REPLACE, CT_SCATTER_ADD, CT_SCATTER_MULTIPLY, CT_SCATTER_MAXIMUM, CT_SCATTER_MINIMUM,
} ct_scatter_kind;

ct_status ct_scatter_elements(ct_tensor *out, ct_scatter_kind kind, ct_tensor input,
                              ct_tensor indices, ct_tensor updates, int64_t axis, char **message);

ct_status ct_scatter_nd(ct_tensor *out, ct_scatter_kind kind, ct_tensor input, ct_tensor indices,
                        ct_tensor updates, char **message);

typedef enum ct_pad_kind { CT_PAD_CONSTANT, CT_PAD_REFLECT, CT_PAD_EDGE, CT_PAD_WRAP } ct_pad_kind;

/// Padding by `before` and `after` elements per axis; negative ones crop. `value` is a scalar or
/// "none" for zero.
ct_status ct_pad(ct_tensor *out, ct_tensor input, ct_pad_kind kind, ct_extents before,
                 ct_extents after, ct_tensor value, char **message);

/// Triangle: zeroes the elements below (`upper`) or above the diagonal with offset `diagonal` of the
/// last two axes.
ct_status ct_triangle(ct_tensor *out, ct_tensor input, int64_t diagonal, bool upper,
                      char **message);

/// Sequence start, start + delta, … before `limit`, in the type of `start`; all are scalars.
ct_status ct_range(ct_tensor *out, ct_tensor start, ct_tensor limit, ct_tensor delta,
                   char **message);

/// Indices of elements that are not zero, `[rank, count]`.
ct_status ct_nonzero(ct_tensor *out, ct_tensor input, char **message);

/// One-hot encoding: values[1] where the new axis' position equals the index, values[0] elsewhere.
ct_status ct_one_hot(ct_tensor *out, ct_tensor indices, int64_t depth, ct_tensor values,
                     int64_t axis, char **message);

/// Ones on a diagonal of a `[rows, columns]` matrix.
ct_status ct_eye(ct_tensor *out, ct_type type, int64_t rows, int64_t columns, int64_t diagonal,
                 char **message);

/// Sum of products in Einstein's notation.
ct_status ct_einsum(ct_tensor *out, const char *equation, ct_tensors inputs, char **message);

#ifdef __cplusplus
}
#endif
#endif
