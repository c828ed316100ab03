// A panel of packed weights: parameters, weights, and the way out of the accumulators; gemm_pack.h fills it. Included
// after a simd_<set>.h.
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

/// Where channel `c` of a panel is in it.
static inline size_t panel_position(int vectors, size_t c) { return vectors == 2 ? channel_lane(c) : c; }

/// Bytes of a panel whose k is padded to a multiple of `group`: a multiple of 64.
static inline size_t panel_size(int vectors, size_t group, int32_t k) {
    size_t padded = ((size_t)k + group - 1) / group * group;
    return ((3 * sizeof(int32_t) + padded) * (size_t)vectors * LANES + 63) / 64 * 64;
}

static inline size_t panels_size(size_t group, int32_t n, int32_t k) {
    size_t last = ((size_t)n - 1) / CHUNK * CHUNK;
    return last / CHUNK * panel_size(2, group, k) + panel_size(panel_vectors(last, (size_t)n), group, k);
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
