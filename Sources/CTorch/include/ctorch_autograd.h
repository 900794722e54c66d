/// Gradients.
#ifndef CTORCH_AUTOGRAD_H
#define CTORCH_AUTOGRAD_H

#include "ctorch_core.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Sets whether calls on this thread are recorded for differentiation.
/// - Returns: the setting before the call.
bool ct_set_recording(bool recording);

/// Makes `target`, a leaf, collect its gradient in `ct_backward`, or stops that.
ct_status ct_set_requires_gradient(ct_tensor target, bool required, char **message);

/// Makes an intermediate tensor keep its gradient in `ct_backward`; no effect where none flows
/// through it.
ct_status ct_retain_gradient(ct_tensor target, char **message);

/// Adds the gradient of the one-element `loss` to all leaves that require it, and frees the
/// recorded graph.
ct_status ct_backward(ct_tensor loss, char **message);

/// Collected gradient of `target`; "none" where there is none.
ct_status ct_gradient(ct_tensor *out, ct_tensor target, char **message);

/// Forgets collected gradients.
ct_status ct_clear_gradients(ct_tensors targets, char **message);

#ifdef __cplusplus
}
#endif
#endif
