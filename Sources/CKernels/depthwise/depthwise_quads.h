// What the depthwise kernels of AVX-512 VNNI share: four taps of a channel make a quad for vpdpbusd, which wants unsigned
// activations: x ^ 0x80 = x + 128, and the packed bias takes 128 * sum w back.
//
// Packed: a row of zero points, which stands in for padding, then per chunk of 64 elements bias, multiplier, shift int32
// [4][16], weights int8 [quads][4][16][4]. Interleaving bytes, then words leaves element 16*l + 4*v + e in vector v, lane
// 4*l + e.
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#include "../way_out.h"

enum { VECTORS = 4, ELEMENTS = 64, QUAD_BYTES = 4 * ELEMENTS };

typedef struct chunk {
    int32_t *bias, *multiplier, *shift;   // [VECTORS][LANES]
    int8_t *weights;
} chunk;

static inline size_t zero_row_size(size_t channels) { return (channels + ELEMENTS - 1) / ELEMENTS * ELEMENTS; }
static inline size_t chunk_size(size_t quads) { return ELEMENTS * 3 * sizeof(int32_t) + quads * QUAD_BYTES; }

static inline chunk chunk_at(const void *packed) {
    int32_t *bias = (int32_t *)packed;
    return (chunk){ bias, bias + ELEMENTS, bias + 2 * ELEMENTS, (int8_t *)(bias + 3 * ELEMENTS) };
}

/// Returns where the chunks begin.
static uint8_t *pack_zero_row(const tk_depthwise_weights *w, void *packed) {
    memset(packed, w->input_zero_point, zero_row_size((size_t)w->channels));
    return (uint8_t *)packed + zero_row_size((size_t)w->channels);
}

TK_INLINE void load_bias(chunk p, lanes sum[VECTORS]) {
    TK_UNROLL for (int v = 0; v < VECTORS; v++)
        sum[v] = lanes_load_int32(p.bias + v * LANES, LANES);
}

/// One tap of the first elements of `mask`.
TK_INLINE lanes load_tap(const uint8_t *x, __mmask64 mask) {
    return _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, x), _mm512_set1_epi8((char)0x80));
}

/// Four taps of 64 elements as quads.
TK_INLINE void interleave(const lanes x[4], lanes quads[VECTORS]) {
    lanes a = _mm512_unpacklo_epi8(x[0], x[1]), b = _mm512_unpackhi_epi8(x[0], x[1]);
    lanes c = _mm512_unpacklo_epi8(x[2], x[3]), e = _mm512_unpackhi_epi8(x[2], x[3]);
    quads[0] = _mm512_unpacklo_epi16(a, c);
    quads[1] = _mm512_unpackhi_epi16(a, c);
    quads[2] = _mm512_unpacklo_epi16(b, e);
    quads[3] = _mm512_unpackhi_epi16(b, e);
}

/// Sums of the four bytes in every lane.
TK_INLINE lanes add_quads(lanes sum, lanes quads) { return _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), quads); }

/// The weights of tap `tap` for `channel[0 ..< ELEMENTS]`; those of no tap are 0.
static void take_weights(const tk_depthwise_weights *w, int32_t tap, const size_t *channel, int8_t *row) {
    memset(row, 0, ELEMENTS);
    if (tap < 0)
        return;
    const int8_t *weights = w->weights + (size_t)tap * (size_t)w->channels;
    if (channel[ELEMENTS - 1] == channel[0] + ELEMENTS - 1)
        memcpy(row, weights + channel[0], ELEMENTS);
    else
        for (size_t i = 0; i < ELEMENTS; i++)
            row[i] = weights[channel[i]];
}

/// Packs the elements from `begin`, channel after channel and round again. `taps[s]` is the tap in slot s of the quads,
/// or -1.
TK_TARGET static void pack_chunk(const tk_depthwise_weights *w, const int32_t *taps, size_t quads, size_t begin,
                                 chunk p) {
    size_t channels = (size_t)w->channels, channel[ELEMENTS];
    for (size_t i = 0, c = begin % channels; i < ELEMENTS; i++, c = c + 1 < channels ? c + 1 : 0)
        channel[i] = c;
    lanes sum[VECTORS] = { 0 }, magnitude[VECTORS] = { 0 };
    for (size_t q = 0; q < quads; q++) {
        lanes x[4], quad[VECTORS];
        for (size_t t = 0; t < 4; t++) {
            int8_t row[ELEMENTS];
            take_weights(w, taps[4 * q + t], channel, row);
            x[t] = _mm512_loadu_si512(row);
        }
        interleave(x, quad);
        TK_UNROLL for (int v = 0; v < VECTORS; v++) {
            _mm512_storeu_si512(p.weights + q * QUAD_BYTES + (size_t)v * ELEMENTS, quad[v]);
            sum[v] = add_quads(sum[v], quad[v]);
            magnitude[v] = add_quads(magnitude[v], _mm512_abs_epi8(quad[v]));
        }
    }
    int32_t sums[ELEMENTS], magnitudes[ELEMENTS];
    memcpy(sums, sum, sizeof sums);
    memcpy(magnitudes, magnitude, sizeof magnitudes);
    int exact = 1;
    for (size_t i = 0; i < ELEMENTS; i++) {
        size_t vector = i / LANES, lane = i % LANES, c = channel[lane / 4 * 16 + 4 * vector + lane % 4];
        p.bias[i] = tk_multiply_add(-(w->input_zero_point + 128), sums[i], w->bias[c]);
        p.multiplier[i] = w->multiplier[c];
        p.shift[i] = w->shift[c];
        exact &= tk_is_exact(tk_sum_bound(TK_INT8, w->input_zero_point, magnitudes[i], w->bias[c]), w->multiplier[c],
                             w->shift[c]);
    }
    finish_parameters(exact, ELEMENTS, p.multiplier, p.shift);
}

TK_INLINE void chunk_store_as(int exact, const tk_depthwise *d, chunk p, const lanes sum[VECTORS], uint8_t *y,
                              size_t count) {
    lanes a[VECTORS];
    TK_UNROLL for (int v = 0; v < VECTORS; v++) {
        way_out out = way_out_make(exact, &d->output, lanes_load_int32(p.multiplier + v * LANES, LANES),
                                   lanes_load_int32(p.shift + v * LANES, LANES));
        a[v] = way_out_apply(exact, &out, sum[v]);
    }
    lanes even = pairs_clamp(pairs_pack(a[0], a[1]), d->output.low, d->output.high);
    lanes odd = pairs_clamp(pairs_pack(a[2], a[3]), d->output.low, d->output.high);
    if (d->output.type == TK_INT8) {
        _mm512_mask_storeu_epi8(y, first_bits(count, 64), _mm512_packs_epi16(even, odd));
        return;
    }
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    _mm512_mask_storeu_epi16(y, (__mmask32)first_bits(count, 32), _mm512_permutex2var_epi64(even, low, odd));
    if (count > 32)
        _mm512_mask_storeu_epi16(y + 64, (__mmask32)first_bits(count - 32, 32),
                                 _mm512_permutex2var_epi64(even, high, odd));
}

/// Requantizes and stores `count` elements.
TK_INLINE void chunk_store(const tk_depthwise *d, chunk p, const lanes sum[VECTORS], uint8_t *y, size_t count) {
    if (is_exact(p.shift))
        chunk_store_as(1, d, p, sum, y, count);
    else
        chunk_store_as(0, d, p, sum, y, count);
}
