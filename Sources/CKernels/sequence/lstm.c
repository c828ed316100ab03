// One step of an LSTM after its two matrix products: gates at 2^-12, sigmoid and tanh to Q0.15, cell at 2^-cell_bits.
#include "../requantize.h"

/// The cell at 2^-12, where tanh is tabulated.
static int32_t cell_for_tanh(int32_t cell, int32_t bits) {
    if (bits <= 12)
        return tk_saturate16((int64_t)cell * (1 << (12 - bits)));
    return (cell + (1 << (bits - 13))) >> (bits - 12);
}

void tk_lstm(const tk_lstm_step *s) {
    size_t n = s->hidden_size;
    int32_t p = s->cell_bits;
    for (size_t u = 0; u < n; u++) {
        int16_t gate[4];   // input, forget, cell, output
        for (size_t g = 0; g < 4; g++)
            gate[g] = tk_saturate16((int32_t)s->input[g * n + u] + s->recurrent[g * n + u]);
        int64_t i = tk_lookup16(s->sigmoid, gate[0]), f = tk_lookup16(s->sigmoid, gate[1]);
        int64_t j = tk_lookup16(s->tanh, gate[2]), o = tk_lookup16(s->sigmoid, gate[3]);

        int64_t cell = f * s->cell[u] * (1 << (15 - p)) + i * j;
        s->cell[u] = tk_saturate16((cell + ((int64_t)1 << (29 - p))) >> (30 - p));

        int64_t hidden = o * tk_lookup16(s->tanh, cell_for_tanh(s->cell[u], p));
        if (s->hidden_type == TK_INT8)
            ((int8_t *)s->hidden)[u] = (int8_t)tk_clamp((int32_t)((hidden + (1 << 22)) >> 23), INT8_MIN, INT8_MAX);
        else
            ((int16_t *)s->hidden)[u] = tk_saturate16((hidden + (1 << 14)) >> 15);
    }
}
