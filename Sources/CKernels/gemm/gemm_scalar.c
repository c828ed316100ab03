// The oracle: C[i][n] = clamp(requantize(sum_k (A[i][k] - zero point) * W[n][k] + bias[n]) + zero point).
#include "../kernels_internal.h"
#include "../requantize.h"
#include <string.h>

// Packed: header, bias[n], multiplier[n], shift[n], weights[n][k] as given.
typedef struct header {
    int32_t input_zero_point;
    int32_t parameters[];
} header;

size_t tk_gemm_packed_size_scalar(int32_t n, int32_t k, tk_type input_type) {
    (void)input_type;
    size_t bytes = sizeof(header) + 3 * (size_t)n * sizeof(int32_t) + (size_t)n * (size_t)k;
    return (bytes + 63) / 64 * 64;
}

void tk_gemm_pack_scalar(const tk_gemm_weights *w, void *packed) {
    size_t n = (size_t)w->n;
    header *h = packed;
    h->input_zero_point = w->input_zero_point;
    memcpy(h->parameters, w->bias, n * sizeof(int32_t));
    memcpy(h->parameters + n, w->multiplier, n * sizeof(int32_t));
    memcpy(h->parameters + 2 * n, w->shift, n * sizeof(int32_t));
    memcpy(h->parameters + 3 * n, w->weights, n * (size_t)w->k);
}

static void gemm(const tk_gemm *g, tk_type input_type) {
    size_t m = (size_t)g->m, n = (size_t)g->n, k = (size_t)g->k;
    const header *h = g->packed;
    const int32_t *bias = h->parameters, *multiplier = bias + n, *shift = multiplier + n;
    const int8_t *weights = (const int8_t *)(shift + n);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            int32_t a = bias[j];
            for (size_t l = 0; l < k; l++) {
                int32_t x = tk_load(input_type, g->a, i * g->a_stride + l) - h->input_zero_point;
                a = tk_multiply_add(x, weights[j * k + l], a);
            }
            tk_put(&g->output, g->c, i * g->c_stride + j, tk_requantize(a, multiplier[j], shift[j]));
        }
    }
}

void tk_gemm_int8_scalar(const tk_gemm *g) { gemm(g, TK_INT8); }
void tk_gemm_int16_scalar(const tk_gemm *g) { gemm(g, TK_INT16); }
