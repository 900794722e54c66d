#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <thread>

#include "compat.hpp"
#include "guard.hpp"

namespace ct {

std::atomic<int64_t> &live_tensors() noexcept {
  static std::atomic<int64_t> count{0};
  return count;
}

namespace {
std::atomic<bool> is_configured{false};
}

void flush_denormals() {
  thread_local bool is_set = false;
  if (is_set || !is_configured.load(std::memory_order_relaxed)) return;
  is_set = true;
  at::globalContext().setFlushDenormal(true);
  at::parallel_for(0, at::get_num_threads(), 1, [](int64_t, int64_t) {
    at::globalContext().setFlushDenormal(true);
  });
}

at::ScalarType scalar_type(ct_type type) {
  switch (type) {
    case CT_FLOAT32: return at::kFloat;
    case CT_FLOAT64: return at::kDouble;
    case CT_INT8: return at::kChar;
    case CT_INT16: return at::kShort;
    case CT_INT32: return at::kInt;
    case CT_INT64: return at::kLong;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_FLOAT16: return at::kHalf;
  }
  throw BadArgument("unknown element type");
}

ct_type type_of(const at::Tensor &tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat: return CT_FLOAT32;
    case at::kDouble: return CT_FLOAT64;
    case at::kChar: return CT_INT8;
    case at::kShort: return CT_INT16;
    case at::kInt: return CT_INT32;
    case at::kLong: return CT_INT64;
    case at::kByte: return CT_UINT8;
    case at::kBool: return CT_BOOL;
    case at::kBFloat16: return CT_BFLOAT16;
    case at::kHalf: return CT_FLOAT16;
    default: throw BadArgument("the tensor's element type has no counterpart in C");
  }
}

void report(char **message, const char *text) noexcept {
  if (message) *message = strdup(text);
}

// libtorch reports a failed allocation on the CPU as a plain error with this text.
ct_status report_c10(char **message, const char *text) noexcept {
  report(message, text);
  const bool is_memory = std::strstr(text, "can't allocate memory") ||
                         std::strstr(text, "not enough memory") ||
                         std::strstr(text, "out of memory");
  return is_memory ? CT_OUT_OF_MEMORY : CT_FAILED;
}

}  // namespace ct

void ct_string_free(char *string) { std::free(string); }

void ct_tensor_free(ct_tensor tensor) {
  if (!tensor.impl) return;
  delete static_cast<at::Tensor *>(tensor.impl);
  ct::live_tensors().fetch_sub(1, std::memory_order_relaxed);
}

int64_t ct_live_tensors(void) { return ct::live_tensors().load(std::memory_order_relaxed); }

ct_status ct_tensor_create(ct_tensor *out, ct_type type, ct_extents extents, const void *data,
                           size_t byte_count, char **message) {
  return ct::guard(message, [&] {
    const auto shape = ct::ints(extents);
    uint64_t count = 1;
    for (const int64_t extent : shape) {
      ct::require(extent >= 0, "a tensor cannot have a negative extent");
      ct::require(!__builtin_mul_overflow(count, static_cast<uint64_t>(extent), &count),
                  "the tensor's extents overflow");
    }
    const auto scalar = ct::scalar_type(type);
    ct::require(byte_count / c10::elementSize(scalar) == count &&
                    byte_count % c10::elementSize(scalar) == 0,
                "the buffer does not hold as many elements as the extents say");
    at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(scalar));
    if (byte_count) std::memcpy(tensor.data_ptr(), data, byte_count);
    *out = ct::own(std::move(tensor));
  });
}

ct_status ct_tensor_alias(ct_tensor *out, ct_tensor input, char **message) {
  return ct::guard(message, [&] { *out = ct::own(ct::get(input)); });
}

ct_status ct_describe(ct_description *out, ct_tensor input, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(x.dim() <= CT_MAXIMUM_RANK, "the tensor has more than 16 axes");
    ct_description description{};
    description.type = ct::type_of(x);
    description.rank = static_cast<size_t>(x.dim());
    for (int64_t axis = 0; axis < x.dim(); ++axis) description.extents[axis] = x.size(axis);
    *out = description;
  });
}

ct_status ct_tensor_read(ct_tensor input, void *destination, size_t byte_count, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor x = ct::get(input).detach().contiguous();
    ct::require(x.nbytes() == byte_count, "the buffer does not fit the tensor");
    if (byte_count) std::memcpy(destination, x.data_ptr(), byte_count);
  });
}

ct_status ct_tensor_assign(ct_tensor target, ct_tensor source, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    at::Tensor destination = ct::get(target);
    const at::Tensor &values = ct::get(source);
    ct::require(destination.sizes() == values.sizes(), "the tensors differ in shape");
    destination.copy_(values);
  });
}

ct_status ct_cast(ct_tensor *out, ct_tensor input, ct_type type, char **message) {
  return ct::guard(message,
                   [&] { *out = ct::own(ct::get(input).to(ct::scalar_type(type))); });
}

ct_status ct_channels_last(ct_tensor *out, ct_tensor input, char **message) {
  return ct::guard(message, [&] {
    const at::Tensor &x = ct::get(input);
    ct::require(x.dim() == 4, "channels go last in tensors of four axes");
    // A copy even for one channel, where `contiguous` would keep strides that libtorch takes for
    // channels first.
    at::Tensor result = at::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast);
    *out = ct::own(result.copy_(x));
  });
}

ct_status ct_configure(int threads, char **message) {
  return ct::guard(message, [&] {
    ct::require(threads >= 0, "the number of threads must not be negative");
    if (threads == 0) threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    // Looked up at run time: other BLAS libraries have no such function.
    using SetThreads = void (*)(int);
    if (auto set_threads =
            reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
      set_threads(1);
    }
    at::set_num_threads(threads);
    ct::is_configured.store(true, std::memory_order_relaxed);
    ct::flush_denormals();
  });
}

int ct_threads(void) { return at::get_num_threads(); }

const char *ct_version(void) { return ct::version(); }
