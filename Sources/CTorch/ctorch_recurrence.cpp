#include "guard.hpp"
#include "include/ctorch_network.h"

namespace {

using Tensors = std::vector<at::Tensor>;

int64_t gate_count(ct_recurrence_kind kind) {
  switch (kind) {
    case CT_LSTM: return 4;
    case CT_GRU_RESET_BEFORE:
    case CT_GRU_RESET_AFTER: return 3;
    default: return 1;
  }
}

// ONNX orders an LSTM's gates i o f c and a GRU's z r h; libtorch's cells want i f c o and r z h.
at::Tensor reordered(const at::Tensor &stacked, ct_recurrence_kind kind) {
  const Tensors gates = at::chunk(stacked, gate_count(kind), 0);
  switch (kind) {
    case CT_LSTM: return at::cat({gates[0], gates[2], gates[3], gates[1]}, 0);
    case CT_GRU_RESET_BEFORE:
    case CT_GRU_RESET_AFTER: return at::cat({gates[1], gates[0], gates[2]}, 0);
    default: return stacked;
  }
}

// One layer with its operands checked, gates in libtorch's order.
struct Layer {
  ct_recurrence_kind kind;
  at::Tensor input, lengths, state, cell;
  // Per direction: weight, state weight and, where present, the two biases.
  std::vector<Tensors> parameters;
  int64_t directions, hidden;
  bool reversed, has_bias;

  explicit Layer(const ct_recurrence &given) : kind(given.kind), reversed(given.reversed) {
    input = ct::get(given.input);
    const at::Tensor &weight = ct::get(given.weight);
    const at::Tensor &state_weight = ct::get(given.state_weight);
    const at::Tensor bias = ct::get_or_none(given.bias);
    ct::require(input.dim() == 3, "the data must be [time, batch, inputs]");
    ct::require(weight.dim() == 3 && state_weight.dim() == 3, "the weights must have three axes");
    directions = weight.size(0);
    hidden = state_weight.size(2);
    const int64_t rows = gate_count(kind) * hidden;
    ct::require(weight.size(1) == rows && state_weight.size(1) == rows &&
                    state_weight.size(0) == directions && weight.size(2) == input.size(2),
                "the weights do not fit each other or the data");
    has_bias = bias.defined();
    if (has_bias) {
      ct::require(bias.dim() == 2 && bias.size(0) == directions && bias.size(1) == 2 * rows,
                  "the bias does not fit the weights");
    }
    for (int64_t d = 0; d < directions; ++d) {
      Tensors one{reordered(weight[d], kind), reordered(state_weight[d], kind)};
      if (has_bias) {
        one.push_back(reordered(bias[d].narrow(0, 0, rows), kind));
        one.push_back(reordered(bias[d].narrow(0, rows, rows), kind));
      }
      parameters.push_back(one);
    }
    state = initial(given.state);
    cell = kind == CT_LSTM ? initial(given.cell) : at::Tensor();
    lengths = ct::get_or_none(given.lengths);
    if (lengths.defined()) {
      ct::require(lengths.dim() == 1, "the lengths must have one axis");
      lengths = lengths.expand({input.size(1)}).unsqueeze(1);
    }
  }

  at::Tensor initial(ct_tensor given) const {
    const at::Tensor stored = ct::get_or_none(given);
    const int64_t batch = input.size(1);
    if (!stored.defined()) return at::zeros({directions, batch, hidden}, input.options());
    ct::require(stored.dim() == 3, "an initial state must have three axes");
    return stored.expand({directions, batch, hidden});
  }
};

struct Result {
  // [T, D, N, H], then [D, N, H] twice; the cell only for an LSTM.
  at::Tensor sequence, last, last_cell;
};

// libtorch's own loop over the steps.
Result fused(const Layer &layer) {
  const bool bidirectional = layer.directions == 2;
  const at::Tensor input = layer.reversed ? at::flip(layer.input, {0}) : layer.input;
  Tensors parameters;
  for (const Tensors &one : layer.parameters) {
    parameters.insert(parameters.end(), one.begin(), one.end());
  }
  Result result;
  switch (layer.kind) {
    case CT_LSTM: {
      const Tensors states{layer.state, layer.cell};
      std::tie(result.sequence, result.last, result.last_cell) = at::lstm(
          input, states, parameters, layer.has_bias, 1, 0, false, bidirectional, false);
      break;
    }
    case CT_GRU_RESET_AFTER:
      std::tie(result.sequence, result.last) = at::gru(
          input, layer.state, parameters, layer.has_bias, 1, 0, false, bidirectional, false);
      break;
    case CT_RNN_TANH:
      std::tie(result.sequence, result.last) = at::rnn_tanh(
          input, layer.state, parameters, layer.has_bias, 1, 0, false, bidirectional, false);
      break;
    default:
      std::tie(result.sequence, result.last) = at::rnn_relu(
          input, layer.state, parameters, layer.has_bias, 1, 0, false, bidirectional, false);
  }
  if (layer.reversed) result.sequence = at::flip(result.sequence, {0});
  const at::Tensor &y = result.sequence;
  result.sequence =
      y.reshape({y.size(0), y.size(1), layer.directions, layer.hidden}).permute({0, 2, 1, 3});
  return result;
}

struct Step {
  at::Tensor state, cell;
};

// One recurrent step from the inputs' share of the gates, `[N, G · H]`.
Step advanced(const Layer &layer, const Tensors &parameters, const at::Tensor &share,
              const Step &before) {
  const at::Tensor &state_weight = parameters[1];
  const at::Tensor bias = layer.has_bias ? parameters[3] : at::Tensor();
  const int64_t hidden = layer.hidden;
  if (layer.kind == CT_GRU_RESET_BEFORE) {
    const at::Tensor gates = at::sigmoid(
        share.narrow(1, 0, 2 * hidden) +
        at::linear(before.state, state_weight.narrow(0, 0, 2 * hidden),
                   layer.has_bias ? bias.narrow(0, 0, 2 * hidden) : at::Tensor()));
    const at::Tensor reset = gates.narrow(1, 0, hidden);
    const at::Tensor update = gates.narrow(1, hidden, hidden);
    const at::Tensor candidate = at::tanh(
        share.narrow(1, 2 * hidden, hidden) +
        at::linear(reset * before.state, state_weight.narrow(0, 2 * hidden, hidden),
                   layer.has_bias ? bias.narrow(0, 2 * hidden, hidden) : at::Tensor()));
    return {candidate + update * (before.state - candidate), at::Tensor()};
  }
  const at::Tensor recurrent = at::linear(before.state, state_weight, bias);
  switch (layer.kind) {
    case CT_LSTM: {
      const Tensors gates = at::chunk(share + recurrent, 4, 1);
      const at::Tensor cell = at::sigmoid(gates[1]) * before.cell +
                              at::sigmoid(gates[0]) * at::tanh(gates[2]);
      return {at::sigmoid(gates[3]) * at::tanh(cell), cell};
    }
    case CT_GRU_RESET_AFTER: {
      const Tensors x = at::chunk(share, 3, 1);
      const Tensors h = at::chunk(recurrent, 3, 1);
      const at::Tensor update = at::sigmoid(x[1] + h[1]);
      const at::Tensor candidate = at::tanh(x[2] + at::sigmoid(x[0] + h[0]) * h[2]);
      return {candidate + update * (before.state - candidate), at::Tensor()};
    }
    case CT_RNN_TANH: return {at::tanh(share + recurrent), at::Tensor()};
    default: return {at::relu(share + recurrent), at::Tensor()};
  }
}

// Loop of our own, for what libtorch's does not compute: lengths, and a reset before the product.
Result stepped(const Layer &layer) {
  const int64_t steps = layer.input.size(0);
  Tensors sequences, states, cells;
  for (int64_t d = 0; d < layer.directions; ++d) {
    const Tensors &parameters = layer.parameters[d];
    const at::Tensor shares = at::linear(layer.input, parameters[0],
                                         layer.has_bias ? parameters[2] : at::Tensor());
    Step now{layer.state[d], layer.cell.defined() ? layer.cell[d] : at::Tensor()};
    Tensors sequence(steps);
    const bool backwards = layer.reversed || d == 1;
    for (int64_t i = 0; i < steps; ++i) {
      const int64_t t = backwards ? steps - 1 - i : i;
      const Step next = advanced(layer, parameters, shares[t], now);
      if (!layer.lengths.defined()) {
        now = next;
        sequence[t] = now.state;
        continue;
      }
      const at::Tensor is_inside = layer.lengths > t;
      sequence[t] = next.state * is_inside.to(next.state.scalar_type());
      now.state = at::where(is_inside, next.state, now.state);
      if (now.cell.defined()) now.cell = at::where(is_inside, next.cell, now.cell);
    }
    sequences.push_back(at::stack(sequence));
    states.push_back(now.state);
    if (now.cell.defined()) cells.push_back(now.cell);
  }
  return {at::stack(sequences, 1), at::stack(states),
          cells.empty() ? at::Tensor() : at::stack(cells)};
}

}  // namespace

ct_status ct_recur(ct_tensor *sequence, ct_tensor *last, ct_tensor *last_cell,
                   ct_recurrence recurrence, char **message) {
  return ct::guard(message, [&] {
    const Layer layer(recurrence);
    ct::require(layer.input.size(0) > 0, "the sequence is empty");
    ct::require(layer.directions == 1 || (layer.directions == 2 && !recurrence.reversed),
                "the weights have a wrong number of directions");
    const bool is_fused = !layer.lengths.defined() && layer.kind != CT_GRU_RESET_BEFORE;
    const Result result = is_fused ? fused(layer) : stepped(layer);
    if (layer.kind == CT_LSTM) {
      ct::publish(
          {{sequence, result.sequence}, {last, result.last}, {last_cell, result.last_cell}});
    } else {
      ct::publish({{sequence, result.sequence}, {last, result.last}});
    }
  });
}
