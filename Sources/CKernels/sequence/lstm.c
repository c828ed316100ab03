// One step of an LSTM after its two matrix products: gates at 2^-12, sigmoid and tanh to Q0.15, cell at 2^-cell_bits.
#include "../requantize.h"

/// The cell at 2^-12, where tanh is tabulated.
static int16_t cell_for_tanh(int32_t cell, int32_t bits) {
    if (bits <= 12)
        return tk_saturate16((int64_t)cell * (1 << (12 - bits)));
    return (int16_t)((cell + (1 << (bits - 13))) >> (bits - 12));
}

void tk_lstm(const tk_lstm_step *s) {
    size_t n = s->hidden_size;
    int32_t p = s->cell_bits;
    int16_t *input = s->recurrent, *forget = input + n, *candidate = forget + n, *output = candidate + n;
    for (size_t i = 0; i < 4 * n; i++)
        input[i] = tk_saturate16((int32_t)s->input[i] + s->recurrent[i]);
    s->look_up(input, 2 * n, s->sigmoid, input);
    s->look_up(candidate, n, s->tanh, candidate);
    s->look_up(output, n, s->sigmoid, output);

    int16_t *activation = input;   // of the cell
    for (size_t u = 0; u < n; u++) {
        int64_t cell = (int64_t)forget[u] * s->cell[u] * (1 << (15 - p)) + (int64_t)input[u] * candidate[u];
        s->cell[u] = tk_saturate16((cell + ((int64_t)1 << (29 - p))) >> (30 - p));
        activation[u] = cell_for_tanh(s->cell[u], p);
    }
    s->look_up(activation, n, s->tanh, activation);
    for (size_t u = 0; u < n; u++) {
        int32_t hidden = (int32_t)output[u] * activation[u];
        if (s->hidden_type == TK_INT8)
            ((int8_t *)s->hidden)[u] = (int8_t)tk_clamp((hidden + (1 << 22)) >> 23, INT8_MIN, INT8_MAX);
        else
            ((int16_t *)s->hidden)[u] = tk_saturate16((hidden + (1 << 14)) >> 15);
    }
}
