/// Handles, statuses, host buffers and the process-wide settings.
#ifndef CTORCH_CORE_H
#define CTORCH_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Handle of a tensor; zeroed means "none".
typedef struct ct_tensor {
  void *impl;
} ct_tensor;

typedef enum ct_status {
  CT_OK = 0,
  /// The caller passed a handle, extent or size that cannot be meant.
  CT_BAD_ARGUMENT = 1,
  CT_OUT_OF_MEMORY = 2,
  /// libtorch refused the operation, mostly for shapes that do not fit.
  CT_FAILED = 3,
  /// Anything else that C++ threw.
  CT_INTERNAL = 4,
} ct_status;

typedef enum ct_type {
  CT_FLOAT32 = 0,
  CT_FLOAT64 = 1,
  CT_INT8 = 2,
  CT_INT16 = 3,
  CT_INT32 = 4,
  CT_INT64 = 5,
  CT_UINT8 = 6,
  CT_BOOL = 7,
  CT_BFLOAT16 = 8,
  CT_FLOAT16 = 9,
} ct_type;

/// Extents, axes, strides or pads: `count` numbers, borrowed.
typedef struct ct_extents {
  const int64_t *values;
  size_t count;
} ct_extents;

/// List of tensors, borrowed.
typedef struct ct_tensors {
  const ct_tensor *values;
  size_t count;
} ct_tensors;

#define CT_MAXIMUM_RANK 16

typedef struct ct_description {
  ct_type type;
  size_t rank;
  int64_t extents[CT_MAXIMUM_RANK];
} ct_description;

void ct_string_free(char *string);

void ct_tensor_free(ct_tensor tensor);

/// Number of handles made and not yet freed in this process.
int64_t ct_live_tensors(void);

/// Copies `byte_count` bytes of row-major `data`, which must be exactly what `extents` and `type`
/// need.
ct_status ct_tensor_create(ct_tensor *out, ct_type type, ct_extents extents, const void *data,
                           size_t byte_count, char **message);

/// A second handle on the same elements.
ct_status ct_tensor_alias(ct_tensor *out, ct_tensor input, char **message);

ct_status ct_describe(ct_description *out, ct_tensor input, char **message);

/// Copies all elements to `destination`, row-major; `byte_count` must be their exact size.
ct_status ct_tensor_read(ct_tensor input, void *destination, size_t byte_count, char **message);

/// Overwrites the elements of `target` in place by those of `source` (same shape, type converted).
ct_status ct_tensor_assign(ct_tensor target, ct_tensor source, char **message);

ct_status ct_cast(ct_tensor *out, ct_tensor input, ct_type type, char **message);

/// Tensor `[N, C, H, W]` with the channels innermost in memory, which convolutions run faster on.
ct_status ct_channels_last(ct_tensor *out, ct_tensor input, char **message);

/// Uses `threads` OpenMP threads (0: one per core), one OpenBLAS thread, and flushes denormal
/// numbers to zero. libtorch's OpenMP and a pthread OpenBLAS otherwise fight for the same cores.
ct_status ct_configure(int threads, char **message);

/// OpenMP threads in use.
int ct_threads(void);

/// Version of the libtorch headers that the shim was compiled with; a static string.
const char *ct_version(void);

#ifdef __cplusplus
}
#endif
#endif
