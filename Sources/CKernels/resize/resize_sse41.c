// Separable resize with SSE4.1: two taps at a time by pmaddwd. Row results are below 2^15, so they are int16 as well.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_sse41.h"

/// r0 r1 g0 g1 b0 b1 as words, from the 6 bytes of two neighbouring pixels.
TK_INLINE __m128i two_pixels(const uint8_t *p) {
    int32_t first;
    uint16_t last;
    memcpy(&first, p, sizeof first);
    memcpy(&last, p + 4, sizeof last);
    __m128i bytes = _mm_insert_epi16(_mm_cvtsi32_si128(first), last, 2);
    return _mm_shuffle_epi8(bytes, _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
}

TK_INLINE int32_t weight_pair(int16_t first, int16_t second) {
    return (int32_t)((uint32_t)(uint16_t)second << 16 | (uint16_t)first);
}

TK_TARGET void tk_resize_row_sse41(const tk_resize_row *r) {
    const int16_t *weights = r->weights;
    for (int32_t i = 0; i < r->width; i++, weights += r->taps) {
        const uint8_t *source = r->source + 3 * (size_t)r->first[i];
        lanes sum = lanes_set(1 << 6);
        int32_t t = 0;
        for (; t + 2 <= r->taps; t += 2) {
            lanes w = lanes_set(weight_pair(weights[t], weights[t + 1]));
            sum = pairs_multiply_add(sum, two_pixels(source + 3 * t), w);
        }
        if (t < r->taps) {
            const uint8_t *p = source + 3 * t;
            sum = pairs_multiply_add(sum, _mm_setr_epi32(p[0], p[1], p[2], 0), lanes_set(weight_pair(weights[t], 0)));
        }
        lanes_store(TK_INT16, r->out + 3 * i, _mm_srai_epi32(sum, 7), 3);
    }
}

TK_TARGET void tk_resize_column_sse41(const tk_resize_column *r) {
    size_t count = (size_t)r->count;
    for (size_t i = 0; i < count; i += CHUNK) {
        size_t part = count - i < CHUNK ? count - i : CHUNK;
        lanes low = lanes_set(1 << 20), high = low;
        for (int32_t t = 0; t < r->taps; t += 2) {
            int two = t + 1 < r->taps;
            lanes a = pairs_load(TK_INT16, r->rows[t] + i, part);
            lanes b = two ? pairs_load(TK_INT16, r->rows[t + 1] + i, part) : lanes_set(0);
            lanes w = lanes_set(weight_pair(r->weights[t], two ? r->weights[t + 1] : 0));
            low = pairs_multiply_add(low, pairs_interleave_low(a, b), w);
            high = pairs_multiply_add(high, pairs_interleave_high(a, b), w);
        }
        low = lanes_subtract(_mm_srai_epi32(low, 21), lanes_set(128));
        high = lanes_subtract(_mm_srai_epi32(high, 21), lanes_set(128));
        pairs_store(TK_INT8, r->out + i, pairs_pack(low, high), part);
    }
}
#endif
