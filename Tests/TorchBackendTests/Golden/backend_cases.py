"""The ONNX package's own node tests, for the operators the engine supports."""

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

from golden_store import is_storable

SUPPORTED = set("""
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast
CastLike Ceil Celu Clip Concat Constant ConstantOfShape Conv ConvTranspose Cos Cosh CumSum
DepthToSpace Div Dropout Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather
GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater
GreaterOrEqual GroupNormalization GRU HardSigmoid HardSwish Identity If InstanceNormalization
IsInf IsNaN LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool
LRN LSTM MatMul Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg NonZero Not
OneHot Or Pad Pow PRelu Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize
RMSNormalization RNN Round ScatterElements ScatterND Selu Shape Sigmoid Sign Sin Sinh Size Slice
Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Swish Tan Tanh ThresholdedRelu
Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor
""".split())

# Inputs at these positions are shape arithmetic: exported models store them as constants.
PARAMETER_INPUTS = {
    "Reshape": [1], "Expand": [1], "Tile": [1], "Pad": [1, 2, 3], "Slice": [1, 2, 3, 4],
    "Squeeze": [1], "Unsqueeze": [1], "Split": [1], "Resize": [1, 2, 3], "Upsample": [1],
    "TopK": [1], "OneHot": [1, 2], "CumSum": [1], "Trilu": [1], "Range": [0, 1, 2],
    "ConstantOfShape": [0], "If": [0], "Clip": [1, 2], "Dropout": [1, 2],
    "CastLike": [1], **{kind: [1] for kind in SUPPORTED if kind.startswith("Reduce")}}


def array(value):
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value


def add_backend_cases(store):
    skipped = {}
    for test in collect_testcases(None):
        operators = {node.op_type for node in test.model.graph.node}
        unsupported = operators - SUPPORTED
        if unsupported:
            for name in unsupported:
                skipped[name] = skipped.get(name, 0) + 1
            continue
        inputs = [array(value) for value in test.data_sets[0][0]]
        outputs = [array(value) for value in test.data_sets[0][1]]
        if not all(is_storable(value) for value in inputs + outputs):
            skipped["(element type)"] = skipped.get("(element type)", 0) + 1
            continue
        model = onnx.ModelProto()
        model.CopyFrom(test.model)
        names = [value.name for value in model.graph.input]
        stored = set()
        for node in model.graph.node:
            for position in PARAMETER_INPUTS.get(node.op_type, []):
                if position < len(node.input) and node.input[position] in names:
                    stored.add(node.input[position])
        pairs = []
        for name, value in zip(names, inputs):
            if name in stored:
                model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
            else:
                pairs.append((name, value))
        kept = [value for value in model.graph.input if value.name not in stored]
        del model.graph.input[:]
        model.graph.input.extend(kept)
        if any(value.shape[:1] == (0,) for _, value in pairs):
            skipped["(no examples)"] = skipped.get("(no examples)", 0) + 1
            continue
        expected = list(zip([value.name for value in model.graph.output], outputs))
        # Half precision is computed in float32; one node test lists its values with four digits.
        is_coarse = any(value.dtype == np.float16 for value in inputs + outputs)
        is_coarse |= test.name == "test_averagepool_2d_ceil_last_window_starts_on_pad"
        store.add(f"backend/{test.name}", model.SerializeToString(), pairs, expected,
                  origin="backend", families=operators, tolerance=2e-3 if is_coarse else 1e-4)
    return skipped
