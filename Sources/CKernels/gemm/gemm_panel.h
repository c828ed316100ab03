// A panel of packed weights, two vectors of channels wide: parameters, weights, and the way out of the accumulators.
// Included after a simd_<set>.h.
#include <string.h>

typedef struct panel {
    int32_t *bias, *multiplier, *shift;   // [width]
    int8_t *weights;
} panel;

static inline panel panel_at(const void *packed, size_t width) {
    int32_t *bias = (int32_t *)packed;
    return (panel){ bias, bias + width, bias + 2 * width, (int8_t *)(bias + 3 * width) };
}

/// Bytes of a panel whose k is padded to a multiple of `group`: a multiple of 64.
static inline size_t panel_size(size_t width, size_t group, int32_t k) {
    size_t padded = ((size_t)k + group - 1) / group * group;
    return (3 * width * sizeof(int32_t) + padded * width + 63) / 64 * 64;
}

static inline size_t panels_size(size_t width, size_t group, int32_t n, int32_t k) {
    return ((size_t)n + width - 1) / width * panel_size(width, group, k);
}

/// Channel `channel` of a panel's parameters; `offset` is what activations have too much in the inner loop.
static void panel_pack_channel(const tk_gemm_weights *w, int32_t channel, int32_t offset, panel p, int32_t j) {
    int32_t sum = 0;
    for (int32_t k = 0; k < w->k; k++)
        sum += w->weights[(size_t)channel * (size_t)w->k + (size_t)k];
    p.bias[j] = tk_multiply_add(-offset, sum, w->bias[channel]);
    p.multiplier[j] = w->multiplier[channel];
    p.shift[j] = w->shift[channel];
}

/// Packs all panels: parameters, then weights [k/group][width][group]. Channels and k are padded by zeros.
static void panels_pack(const tk_gemm_weights *w, void *packed, int32_t width, int32_t group, int32_t offset) {
    memset(packed, 0, panels_size((size_t)width, (size_t)group, w->n, w->k));
    for (int32_t first = 0; first < w->n; first += width) {
        panel p = panel_at(packed, (size_t)width);
        int32_t channels = w->n - first < width ? w->n - first : width;
        for (int32_t j = 0; j < width; j++)
            p.shift[j] = 1;
        for (int32_t j = 0; j < channels; j++) {
            panel_pack_channel(w, first + j, offset, p, j);
            for (int32_t k = 0; k < w->k; k++)
                p.weights[(k / group * width + j) * group + k % group] =
                    w->weights[(size_t)(first + j) * (size_t)w->k + (size_t)k];
        }
        packed = (uint8_t *)packed + panel_size((size_t)width, (size_t)group, w->k);
    }
}

/// Requantizes, clamps and stores the sums of `rows` rows.
TK_INLINE void panel_store(int rows, const tk_gemm *g, size_t row, size_t first, panel p, lanes sum[][2]) {
    lanes zero_point = lanes_set(g->output.zero_point);
    lanes low = lanes_set(g->output.low), high = lanes_set(g->output.high);
    size_t size = tk_size(g->output.type), count = (size_t)g->n - first;
    _Pragma("clang loop unroll(full)") for (int half = 0; half < 2; half++) {
        size_t skipped = (size_t)half * LANES;
        if (count <= skipped)
            break;
        lanes_scale scale = lanes_make_scale(lanes_load_int32(p.multiplier + skipped, LANES),
                                             lanes_load_int32(p.shift + skipped, LANES));
        uint8_t *c = (uint8_t *)g->c + (row * g->c_stride + first + skipped) * size;
        _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++, c += g->c_stride * size) {
            lanes y = lanes_add(lanes_requantize(sum[i][half], scale), zero_point);
            lanes_store(g->output.type, c, lanes_clamp(y, low, high), count - skipped);
        }
    }
}
