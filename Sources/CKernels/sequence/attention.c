// Additive self-attention: e(t,u) = sigmoid(w . tanh(query[t] + key[u]) + b), a = softmax(e), out[t] = sum_u a(t,u)
// x[u].
#include "../requantize.h"

/// Before a short loop: a vector at a time, since boards have little room for code.
#define TK_NARROW _Pragma("clang loop interleave(disable)")

/// e(t, ·).
static void score(const tk_attention *a, size_t t) {
    size_t units = a->units;
    const int16_t *query = a->query + t * units;
    for (size_t u = 0; u < a->steps; u++)
        TK_NARROW for (size_t i = 0; i < units; i++)
            a->activations[u * units + i] = tk_saturate16((int32_t)query[i] + a->key[u * units + i]);
    a->look_up(a->activations, a->steps * units, a->tanh, a->activations);
    for (size_t u = 0; u < a->steps; u++) {
        int32_t sum = a->bias;
        TK_NARROW for (size_t i = 0; i < units; i++)
            sum = tk_multiply_add(a->weights[i], a->activations[u * units + i], sum);
        a->scores[u] = tk_saturate16(tk_requantize(sum, a->score_multiplier, a->score_shift));
    }
    a->look_up(a->scores, a->steps, a->sigmoid, a->scores);
}

/// Channels that are summed up together.
enum { BLOCK = 64 };

/// Adds a(t,u) times `count` elements of x[u], shifted to be unsigned: products stay below 2^32.
static inline void add_weighted(const tk_attention *a, tk_type type, size_t u, size_t begin, size_t count,
                                uint64_t sum[BLOCK]) {
    const uint32_t weighting = a->weightings[u];
    for (size_t c = 0; c < count; c++)
        sum[c] += weighting * (uint16_t)(tk_load(type, a->x, u * a->channels + begin + c) + 32768);
}

static void weigh(const tk_attention *a, size_t t) {
    for (size_t begin = 0; begin < a->channels; begin += BLOCK) {
        size_t count = a->channels - begin < BLOCK ? a->channels - begin : BLOCK;
        uint64_t sum[BLOCK] = { 0 };
        int64_t total = 0;
        for (size_t u = 0; u < a->steps; u++) {
            total += a->weightings[u];
            if (a->x_type == TK_INT8)
                add_weighted(a, TK_INT8, u, begin, count, sum);
            else
                add_weighted(a, TK_INT16, u, begin, count, sum);
        }
        for (size_t c = 0; c < count; c++)
            tk_put(&a->output, a->out, t * a->channels + begin + c,
                   tk_requantize((int64_t)sum[c] - total * (32768 + a->x_zero_point), a->output_multiplier,
                                 a->output_shift));
    }
}

void tk_attention_run(const tk_attention *a) {
    for (size_t t = 0; t < a->steps; t++) {
        score(a, t);
        tk_softmax(TK_INT16, a->scores, 1, a->steps, a->high, a->low, a->e, a->weightings);
        weigh(a, t);
    }
}
