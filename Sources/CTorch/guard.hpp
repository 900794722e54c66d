// Handle conversion, and the guard that turns exceptions into statuses, for every shim call.
#pragma once

#include <ATen/ATen.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "include/ctorch_core.h"

namespace ct {

std::atomic<int64_t> &live_tensors() noexcept;

// Makes the calling thread and its OpenMP workers take denormal numbers for zero, once ct_configure was called: a setting of
// each thread, and every calling thread has workers of its own.
void flush_denormals();

// A caller's mistake: becomes CT_BAD_ARGUMENT.
struct BadArgument : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void require(bool condition, const char *message) {
  if (!condition) throw BadArgument(message);
}

inline const at::Tensor &get(ct_tensor handle) {
  require(handle.impl != nullptr, "a required tensor is missing");
  return *static_cast<const at::Tensor *>(handle.impl);
}

// Tensor of a handle; undefined for "none".
inline at::Tensor get_or_none(ct_tensor handle) {
  return handle.impl ? *static_cast<const at::Tensor *>(handle.impl) : at::Tensor();
}

inline std::vector<at::Tensor> get(ct_tensors handles) {
  std::vector<at::Tensor> result;
  result.reserve(handles.count);
  for (size_t i = 0; i < handles.count; ++i) result.push_back(get(handles.values[i]));
  return result;
}

inline ct_tensor own(at::Tensor tensor) {
  ct_tensor handle{new at::Tensor(std::move(tensor))};
  live_tensors().fetch_add(1, std::memory_order_relaxed);
  return handle;
}

// Several results at once: all handles are made before the first is published.
inline void publish(std::initializer_list<std::pair<ct_tensor *, at::Tensor>> results) {
  std::vector<std::unique_ptr<at::Tensor>> made;
  made.reserve(results.size());
  for (const auto &result : results) made.push_back(std::make_unique<at::Tensor>(result.second));
  auto next = made.begin();
  for (const auto &result : results) result.first->impl = (next++)->release();
  live_tensors().fetch_add(static_cast<int64_t>(results.size()), std::memory_order_relaxed);
}

inline at::IntArrayRef ints(ct_extents extents) {
  return at::IntArrayRef(extents.values, extents.count);
}

at::ScalarType scalar_type(ct_type type);
ct_type type_of(const at::Tensor &tensor);

void report(char **message, const char *text) noexcept;
ct_status report_c10(char **message, const char *text) noexcept;

// Runs `body`; whatever it throws becomes a status and a message.
template <typename Body>
ct_status guard(char **message, Body &&body) noexcept {
  try {
    flush_denormals();
    body();
    return CT_OK;
  } catch (const BadArgument &error) {
    report(message, error.what());
    return CT_BAD_ARGUMENT;
  } catch (const c10::Error &error) {
    return report_c10(message, error.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    report(message, "out of memory");
    return CT_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    report(message, error.what());
    return CT_INTERNAL;
  } catch (...) {
    report(message, "an unknown C++ exception");
    return CT_INTERNAL;
  }
}

}  // namespace ct
