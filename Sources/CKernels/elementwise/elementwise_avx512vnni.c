// Add, multiply, rescale and PReLU with AVX-512.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx512.h"
#define OWN_MULTIPLY
#include "elementwise_lanes.h"

/// Factors of 64 channels: lane l of quarter q has the one of channel 4*l + q, as the lower word where q < 2, else as the
/// upper.
typedef struct gates { lanes quarter[4]; } gates;

TK_INLINE gates load_gates(const tk_multiply *p, tk_type type, size_t first, size_t count) {
    const uint8_t *y = (const uint8_t *)p->y + first * tk_size(type);
    const lanes zero_point = pairs_set(p->y_zero_point);
    const lanes even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    lanes low = pairs_subtract(pairs_load(type, y, count), zero_point), high = lanes_set(0);
    if (count > 32)
        high = pairs_subtract(pairs_load(type, y + 32 * tk_size(type), count - 32), zero_point);
    lanes front = _mm512_permutex2var_epi32(low, even, high);
    lanes back = _mm512_permutex2var_epi32(low, _mm512_add_epi32(even, lanes_set(1)), high);
    return (gates){ { _mm512_and_si512(front, lanes_set(0xffff)), _mm512_srli_epi32(front, 16),
                      _mm512_slli_epi32(back, 16), _mm512_and_si512(back, lanes_set((int32_t)0xffff0000)) } };
}

/// Up to 64 channels of one row. A product of pairs is that of its word that is not zero.
TK_INLINE void gate_row(const tk_multiply *p, const gates *g, lanes zero_point, const way_out *out, size_t at,
                        __mmask64 mask) {
    // Packed twice, each 128 bits have quarters 0, 2, 1, 3.
    const lanes in_order = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15));
    lanes x = _mm512_maskz_loadu_epi8(mask, (const int8_t *)p->x + at), a[4];
    lanes even = pairs_subtract(_mm512_srai_epi16(_mm512_slli_epi16(x, 8), 8), zero_point);
    lanes odd = pairs_subtract(_mm512_srai_epi16(x, 8), zero_point);
    TK_UNROLL for (int q = 0; q < 4; q++)
        a[q] = way_out_apply(1, out, _mm512_madd_epi16(q % 2 ? odd : even, g->quarter[q]));
    lanes bytes = _mm512_packs_epi16(pairs_pack(a[0], a[2]), pairs_pack(a[1], a[3]));
    bytes = _mm512_shuffle_epi8(bytes, in_order);
    bytes = _mm512_min_epi8(_mm512_max_epi8(bytes, out->low), out->high);
    _mm512_mask_storeu_epi8((int8_t *)p->out + at, mask, bytes);
}

/// Bytes times a factor for each channel, by the exact way.
TK_INLINE void multiply_gates(const tk_multiply *p, tk_type type) {
    int32_t factor = tk_exact_factor(p->rescale.multiplier, p->rescale.shift - p->rescale.left);
    way_out out = way_out_make(1, &p->output, lanes_set(factor), lanes_set(0));
    out.low = _mm512_set1_epi8((char)p->output.low);
    out.high = _mm512_set1_epi8((char)p->output.high);
    const lanes zero_point = pairs_set(p->x_zero_point);
    for (size_t first = 0; first < p->channels; first += 64) {
        size_t count = p->channels - first;
        gates g = load_gates(p, type, first, count);
        for (size_t row = 0; row < p->rows; row++)
            gate_row(p, &g, zero_point, &out, row * p->channels + first, first_bits(count, 64));
    }
}

TK_TARGET void tk_multiply_avx512vnni(const tk_multiply *p) {
    if (p->broadcast != TK_PER_CHANNEL || p->x_type != TK_INT8 || p->output.type != TK_INT8 || !multiply_is_exact(p) ||
        (p->y_type == TK_INT16 && p->y_zero_point != 0))
        multiply_exact(p);
    else if (p->y_type == TK_INT8)
        multiply_gates(p, TK_INT8);
    else
        multiply_gates(p, TK_INT16);
}
#endif
