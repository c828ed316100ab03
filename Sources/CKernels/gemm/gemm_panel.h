// A panel of packed weights: parameters, weights, and the way out of the accumulators. Included after a simd_<set>.h.
//
// A panel is two vectors of channels wide, in the order of `lane_channel`; the last one, where a vector is enough, is one
// wide and in natural order.
#include "../way_out.h"
#include <string.h>

typedef struct panel {
    int32_t *bias, *multiplier, *shift;   // [width]; shift[0] == 0: `multiplier` is an exact scale's float
    int8_t *weights;
} panel;

static inline panel panel_at(const void *packed, size_t width) {
    int32_t *bias = (int32_t *)packed;
    return (panel){ bias, bias + width, bias + 2 * width, (int8_t *)(bias + 3 * width) };
}

/// Vectors of the panel that begins at channel `first`.
static inline int panel_vectors(size_t first, size_t n) { return n - first <= LANES ? 1 : 2; }

/// Bytes of a panel whose k is padded to a multiple of `group`: a multiple of 64.
static inline size_t panel_size(int vectors, size_t group, int32_t k) {
    size_t padded = ((size_t)k + group - 1) / group * group;
    return ((3 * sizeof(int32_t) + padded) * (size_t)vectors * LANES + 63) / 64 * 64;
}

static inline size_t panels_size(size_t group, int32_t n, int32_t k) {
    size_t last = ((size_t)n - 1) / CHUNK * CHUNK;
    return last / CHUNK * panel_size(2, group, k) + panel_size(panel_vectors(last, (size_t)n), group, k);
}

/// Packs a column's parameters and returns whether it may take the exact way. `offset` is what activations have too much in
/// the inner loop.
TK_TARGET static int panel_pack_channel(const tk_gemm_weights *w, size_t channel, int32_t offset, panel p, int32_t j) {
    const int8_t *row = w->weights + channel * (size_t)w->k;
    int32_t sum = 0, magnitude = 0;
    for (int32_t k = 0; k < w->k; k++) {
        sum += row[k];
        magnitude += row[k] < 0 ? -row[k] : row[k];
    }
    p.bias[j] = tk_multiply_add(-offset, sum, w->bias[channel]);
    p.multiplier[j] = w->multiplier[channel];
    p.shift[j] = w->shift[channel];
    return tk_is_exact(tk_sum_bound(w->input_type, w->input_zero_point, magnitude, w->bias[channel]), p.multiplier[j],
                       p.shift[j]);
}

/// Packs the panel that begins at channel `first`: weights [k/group][width][group], channels and k padded by zeros.
TK_INLINE void panel_pack(const tk_gemm_weights *w, size_t first, const size_t group, int32_t offset, void *packed) {
    int vectors = panel_vectors(first, (size_t)w->n), exact = 1;
    size_t width = (size_t)vectors * LANES, k = (size_t)w->k, whole = k / group * group;
    panel p = panel_at(packed, width);
    memset(packed, 0, panel_size(vectors, group, w->k));
    for (size_t j = 0; j < width; j++) {
        size_t channel = first + (vectors == 2 ? lane_channel(j) : j);
        p.shift[j] = 1;
        if (channel >= (size_t)w->n)
            continue;
        exact &= panel_pack_channel(w, channel, offset, p, (int32_t)j);
        const int8_t *row = w->weights + channel * k;
        int8_t *to = p.weights + j * group;
        for (size_t i = 0; i < whole; i += group, to += width * group)
            memcpy(to, row + i, group);
        memcpy(to, row + whole, k - whole);
    }
    finish_parameters(exact, (int32_t)width, p.multiplier, p.shift);
}

/// Packs all panels. Inlined where `group` is a constant.
TK_INLINE void panels_pack(const tk_gemm_weights *w, void *packed, size_t group, int32_t offset) {
    for (size_t first = 0; first < (size_t)w->n; first += CHUNK) {
        panel_pack(w, first, group, offset, packed);
        packed = (uint8_t *)packed + panel_size(2, group, w->k);
    }
}

TK_INLINE void panel_store_as(int exact, int rows, int vectors, const tk_gemm *g, size_t row, size_t first, panel p,
                              lanes sum[][2]) {
    size_t size = tk_size(g->output.type), count = (size_t)g->n - first;
    uint8_t *c = (uint8_t *)g->c + (row * g->c_stride + first) * size;
    way_out out[2];
    TK_UNROLL for (int v = 0; v < vectors; v++)
        out[v] = way_out_make(exact, &g->output, lanes_load_int32(p.multiplier + v * LANES, LANES),
                              lanes_load_int32(p.shift + v * LANES, LANES));
    TK_UNROLL for (int i = 0; i < rows; i++, c += g->c_stride * size) {
        lanes a = way_out_apply(exact, &out[0], sum[i][0]);
        if (vectors == 2)
            way_out_store_pair(&g->output, c, a, way_out_apply(exact, &out[1], sum[i][1]), count);
        else
            lanes_store(g->output.type, c, lanes_clamp(a, out[0].low, out[0].high), count);
    }
}

/// Requantizes, clamps and stores the sums of `rows` rows.
TK_INLINE void panel_store(int rows, int vectors, const tk_gemm *g, size_t row, size_t first, panel p, lanes sum[][2]) {
    if (is_exact(p.shift))
        panel_store_as(1, rows, vectors, g, row, first, p, sum);
    else
        panel_store_as(0, rows, vectors, g, row, first, p, sum);
}
