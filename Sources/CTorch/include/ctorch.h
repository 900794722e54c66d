/// Tensors and operators of libtorch in plain C: the whole interface between Swift and C++.
///
/// Inputs are borrowed; every `out` handle is owned by the caller and freed once with
/// `ct_tensor_free`; host buffers are copied. `out` parameters are written only when the call
/// returns `CT_OK`. A failing call puts a text into `message`, to be freed with `ct_string_free`.
#ifndef CTORCH_H
#define CTORCH_H

#include "ctorch_autograd.h"
#include "ctorch_core.h"
#include "ctorch_elementwise.h"
#include "ctorch_network.h"
#include "ctorch_shape.h"
#include "ctorch_statistics.h"
#include "ctorch_training.h"

#endif
