// Additive self-attention: e(t,u) = sigmoid(w . tanh(query[t] + key[u]) + b), a = softmax(e), out[t] = sum_u a(t,u)
// x[u].
#include "../requantize.h"

static int16_t score(const tk_attention *a, size_t t, size_t u) {
    const int16_t *query = a->query + t * a->units, *key = a->key + u * a->units;
    int32_t sum = a->bias;
    for (size_t i = 0; i < a->units; i++)
        sum = tk_multiply_add(a->weights[i], tk_lookup16(a->tanh, tk_saturate16((int32_t)query[i] + key[i])), sum);
    return tk_lookup16(a->sigmoid, tk_saturate16(tk_requantize(sum, a->score_multiplier, a->score_shift)));
}

void tk_attention_run(const tk_attention *a) {
    for (size_t t = 0; t < a->steps; t++) {
        for (size_t u = 0; u < a->steps; u++)
            a->scores[u] = score(a, t, u);
        tk_softmax(TK_INT16, a->scores, 1, a->steps, a->high, a->low, a->e, a->weightings);
        for (size_t c = 0; c < a->channels; c++) {
            int64_t sum = 0;
            for (size_t u = 0; u < a->steps; u++)
                sum += (int64_t)a->weightings[u] * (tk_load(a->x_type, a->x, u * a->channels + c) - a->x_zero_point);
            tk_put(&a->output, a->out, t * a->channels + c, tk_requantize(sum, a->output_multiplier, a->output_shift));
        }
    }
}
