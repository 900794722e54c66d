/// Type of a tensor's elements; raw values are ONNX's `TensorProto.DataType` numbers.
///
/// - Source: [onnx.proto](https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), `TensorProto.DataType`.
public enum ElementType: Int32, Hashable, Sendable, CaseIterable {
  /// IEEE 754 single precision.
  case float32 = 1
  /// Unsigned bytes, as pictures come in.
  case uint8 = 2
  /// Signed bytes.
  case int8 = 3
  /// Unsigned 16-bit integers.
  case uint16 = 4
  /// Signed 16-bit integers.
  case int16 = 5
  /// Signed 32-bit integers.
  case int32 = 6
  /// Signed 64-bit integers, ONNX's type for shapes and indices.
  case int64 = 7
  /// Byte strings of any length.
  case string = 8
  /// Truth values, one byte each.
  case bool = 9
  /// IEEE 754 half precision.
  case float16 = 10
  /// IEEE 754 double precision.
  case float64 = 11
  /// Unsigned 32-bit integers.
  case uint32 = 12
  /// Unsigned 64-bit integers.
  case uint64 = 13
  /// Two single-precision numbers, real and imaginary part.
  case complex64 = 14
  /// Two double-precision numbers, real and imaginary part.
  case complex128 = 15
  /// Single precision cut to 8 bits of exponent and 7 of mantissa.
  case bfloat16 = 16
  /// 4 bits of exponent, 3 of mantissa; NaN but no infinity.
  case float8E4M3FN = 17
  /// 4 bits of exponent, 3 of mantissa, bias 8; one NaN in place of −0, no infinity.
  case float8E4M3FNUZ = 18
  /// 5 bits of exponent, 2 of mantissa, with NaN and infinities as in IEEE 754.
  case float8E5M2 = 19
  /// 5 bits of exponent, 2 of mantissa, bias 16; one NaN in place of −0, no infinity.
  case float8E5M2FNUZ = 20
  /// Unsigned 4-bit integers, two to a byte.
  case uint4 = 21
  /// Signed 4-bit integers, two to a byte.
  case int4 = 22
  /// 2 bits of exponent, 1 of mantissa, two to a byte; neither NaN nor infinity.
  case float4E2M1 = 23
  /// Powers of two alone: 8 bits of exponent, for the scales of block formats.
  case float8E8M0 = 24
  /// Unsigned 2-bit integers, four to a byte.
  case uint2 = 25
  /// Signed 2-bit integers, four to a byte.
  case int2 = 26

  /// Width of one element in bits; `nil` for strings.
  public var bitWidth: Int? {
    switch self {
    case .string: nil
    case .uint2, .int2: 2
    case .uint4, .int4, .float4E2M1: 4
    case .uint8, .int8, .bool, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ,
      .float8E8M0:
      8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .int64, .uint64, .float64, .complex64: 64
    case .complex128: 128
    }
  }

  /// `true` for real floating-point numbers that the engine can train.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }
}
