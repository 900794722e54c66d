// One fused pass over each parameter: gradient clipping, weight decay, momentum, update and mask.
#include <ATen/Parallel.h>

#include <cmath>

#include "guard.hpp"
#include "include/ctorch_training.h"

namespace {

// Elements per parallel piece; fixed, so that results do not depend on the number of threads.
constexpr int64_t kGrain = 32768;

template <typename Real>
struct Piece {
  Real *weight;
  const Real *gradient;
  Real *first;
  Real *second;
  const bool *kept;
  int64_t count;
};

template <typename Real>
void update_sgd(const Piece<Real> &piece, int64_t begin, int64_t end, const ct_optimizer &options,
                Real scale) {
  const Real rate = static_cast<Real>(options.learning_rate);
  const Real decay = static_cast<Real>(options.weight_decay);
  const Real momentum = static_cast<Real>(options.first_decay);
  const bool nesterov = options.kind == CT_NESTEROV;
  for (int64_t i = begin; i < end; ++i) {
    const Real gradient = piece.gradient[i] * scale + decay * piece.weight[i];
    const Real velocity = momentum * piece.first[i] + gradient;
    piece.first[i] = velocity;
    piece.weight[i] -= rate * (nesterov ? gradient + momentum * velocity : velocity);
  }
}

template <typename Real>
void update_adam(const Piece<Real> &piece, int64_t begin, int64_t end, const ct_optimizer &options,
                 Real scale) {
  const bool decoupled = options.kind == CT_ADAM_W;
  const Real beta1 = static_cast<Real>(options.first_decay);
  const Real beta2 = static_cast<Real>(options.second_decay);
  const Real epsilon = static_cast<Real>(options.epsilon);
  const Real coupled_decay = decoupled ? 0 : static_cast<Real>(options.weight_decay);
  const Real shrink =
      decoupled ? static_cast<Real>(1 - options.learning_rate * options.weight_decay) : 1;
  const double step = static_cast<double>(options.step);
  const double correction1 = 1 - std::pow(options.first_decay, step);
  const double correction2 = std::sqrt(1 - std::pow(options.second_decay, step));
  const Real rate = static_cast<Real>(options.learning_rate / correction1);
  const Real root_scale = static_cast<Real>(1 / correction2);
  for (int64_t i = begin; i < end; ++i) {
    const Real weight = piece.weight[i] * shrink;
    const Real gradient = piece.gradient[i] * scale + coupled_decay * weight;
    const Real mean = beta1 * piece.first[i] + (1 - beta1) * gradient;
    const Real square = beta2 * piece.second[i] + (1 - beta2) * gradient * gradient;
    piece.first[i] = mean;
    piece.second[i] = square;
    piece.weight[i] = weight - rate * mean / (std::sqrt(square) * root_scale + epsilon);
  }
}

template <typename Real>
void apply_mask(const Piece<Real> &piece, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    piece.weight[i] = piece.kept[i] ? piece.weight[i] : Real(0);
    piece.first[i] = piece.kept[i] ? piece.first[i] : Real(0);
  }
  if (!piece.second) return;
  for (int64_t i = begin; i < end; ++i) piece.second[i] = piece.kept[i] ? piece.second[i] : Real(0);
}

template <typename Real>
double squared_norm(const Piece<Real> &piece) {
  double sum = 0;
  for (int64_t i = 0; i < piece.count; ++i) {
    const double gradient = piece.kept && !piece.kept[i] ? 0 : piece.gradient[i];
    sum += gradient * gradient;
  }
  return sum;
}

template <typename Real>
void step(const ct_optimizer &options, const std::vector<Piece<Real>> &pieces) {
  Real scale = 1;
  if (options.gradient_norm_limit > 0) {
    double sum = 0;
    for (const auto &piece : pieces) sum += squared_norm(piece);
    scale = static_cast<Real>(
        std::min(1.0, options.gradient_norm_limit / (std::sqrt(sum) + 1e-6)));
  }
  const bool adaptive = options.kind == CT_ADAM || options.kind == CT_ADAM_W;
  for (const auto &piece : pieces) {
    at::parallel_for(0, piece.count, kGrain, [&](int64_t begin, int64_t end) {
      if (adaptive) {
        update_adam(piece, begin, end, options, scale);
      } else {
        update_sgd(piece, begin, end, options, scale);
      }
      if (piece.kept) apply_mask(piece, begin, end);
    });
  }
}

template <typename Real>
void run(const ct_optimizer &options, ct_tensors parameters, ct_tensors first, ct_tensors second,
         ct_tensors masks) {
  const bool adaptive = options.kind == CT_ADAM || options.kind == CT_ADAM_W;
  std::vector<Piece<Real>> pieces;
  // Contiguous gradients must live until the update is done.
  std::vector<at::Tensor> gradients;
  for (size_t i = 0; i < parameters.count; ++i) {
    const at::Tensor &weight = ct::get(parameters.values[i]);
    if (!weight.grad().defined()) continue;
    const at::Tensor &state = ct::get(first.values[i]);
    const at::Tensor mask = ct::get_or_none(masks.values[i]);
    ct::require(weight.is_contiguous() && state.is_contiguous() &&
                    state.numel() == weight.numel() &&
                    (!mask.defined() || mask.numel() == weight.numel()),
                "parameter, optimizer state and mask differ in size");
    gradients.push_back(weight.grad().contiguous());
    Piece<Real> piece{};
    piece.weight = weight.data_ptr<Real>();
    piece.gradient = gradients.back().data_ptr<Real>();
    piece.first = state.data_ptr<Real>();
    if (adaptive) {
      const at::Tensor &moments = ct::get(second.values[i]);
      ct::require(moments.numel() == weight.numel(), "the second moments differ in size");
      piece.second = moments.data_ptr<Real>();
    }
    piece.kept = mask.defined() ? mask.data_ptr<bool>() : nullptr;
    piece.count = weight.numel();
    pieces.push_back(piece);
  }
  step(options, pieces);
  for (size_t i = 0; i < parameters.count; ++i) {
    ct::get(parameters.values[i]).mutable_grad() = at::Tensor();
  }
}

}  // namespace

ct_status ct_optimizer_step(ct_optimizer optimizer, ct_tensors parameters, ct_tensors first,
                            ct_tensors second, ct_tensors masks, char **message) {
  return ct::guard(message, [&] {
    const at::NoGradGuard no_grad;
    const bool adaptive = optimizer.kind == CT_ADAM || optimizer.kind == CT_ADAM_W;
    ct::require(first.count == parameters.count && masks.count == parameters.count &&
                    (!adaptive || second.count == parameters.count),
                "the optimizer's arrays differ in length");
    if (!parameters.count) return;
    if (ct::get(parameters.values[0]).scalar_type() == at::kDouble) {
      run<double>(optimizer, parameters, first, second, masks);
    } else {
      run<float>(optimizer, parameters, first, second, masks);
    }
  });
}
