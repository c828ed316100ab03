// One step of a GRU after its matrix products: gates at 2^-12, sigmoid and tanh to Q0.15, hidden state at 2^-15.
#include "../requantize.h"

/// Update or reset, Q0.15.
static int64_t gate(const tk_gru_step *s, size_t unit) {
    return tk_lookup16(s->sigmoid, tk_saturate16((int32_t)s->input[unit] + s->recurrent[unit]));
}

void tk_gru_reset(const tk_gru_step *s) {
    size_t n = s->hidden_size;
    for (size_t u = 0; u < n; u++)
        s->reset[u] = tk_saturate16((gate(s, n + u) * s->previous[u] + (1 << 14)) >> 15);
}

void tk_gru(const tk_gru_step *s) {
    size_t n = s->hidden_size;
    for (size_t u = 0; u < n; u++) {
        int64_t z = gate(s, u), g = s->recurrent[2 * n + u];
        if (s->reset_after)
            g = (gate(s, n + u) * g + (1 << 14)) >> 15;
        int64_t candidate = tk_lookup16(s->tanh, tk_saturate16(s->input[2 * n + u] + tk_saturate16(g)));
        int64_t hidden = z * s->previous[u] + (32768 - z) * candidate;
        s->hidden[u] = tk_saturate16((hidden + (1 << 14)) >> 15);
    }
}
