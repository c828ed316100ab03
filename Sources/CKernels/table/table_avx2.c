// Unary tables with AVX2: byte shuffles for 256 entries and for windows, gathers for the other interpolated ones.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_avx2.h"

/// 32 lookups in 16 shuffles, one for each high nibble of the index. A shuffle yields 0 where bit 7 is set: the
/// saturating addition sets it wherever the high nibble is another one.
TK_TARGET void tk_table_int8_avx2(const int8_t *x, size_t count, const int8_t table[256], int8_t *out) {
    const __m256i flip = _mm256_set1_epi8((char)0x80), limit = _mm256_set1_epi8(0x70);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i index = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(x + i)), flip);
        __m256i result = _mm256_setzero_si256();
        for (int nibble = 0; nibble < 16; nibble++) {
            __m256i row = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * nibble)));
            __m256i other = _mm256_xor_si256(index, _mm256_set1_epi8((char)(16 * nibble)));
            result = _mm256_or_si256(result, _mm256_shuffle_epi8(row, _mm256_adds_epu8(other, limit)));
        }
        _mm256_storeu_si256((__m256i *)(out + i), result);
    }
    tk_table_int8_scalar(x + i, count - i, table, out + i);
}

/// t[i]*(128 - f) + t[i+1]*f: one 32-bit gather brings both neighbours, one multiply-add joins them.
TK_INLINE lanes interpolate(const int16_t *x, const int16_t *table) {
    lanes u = lanes_add(lanes_load(TK_INT16, x, LANES), lanes_set(32768));
    lanes f = _mm256_and_si256(u, lanes_set(127));
    lanes neighbours = _mm256_i32gather_epi32((const int *)table, _mm256_srli_epi32(u, 7), 2);
    lanes factors = _mm256_or_si256(lanes_subtract(lanes_set(128), f), _mm256_slli_epi32(f, 16));
    return _mm256_madd_epi16(neighbours, factors);
}

TK_TARGET void tk_table_int16_avx2(const int16_t *x, size_t count, const int16_t table[513], int16_t *out) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        lanes v = _mm256_srai_epi32(lanes_add(interpolate(x + i, table), lanes_set(64)), 7);
        lanes_store(TK_INT16, out + i, v, LANES);
    }
    tk_table_int16_scalar(x + i, count - i, table, out + i);
}

typedef __m256i vector;
enum { WIDTH = 32 };
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name##_si256

TK_INLINE vector load(const int16_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
TK_INLINE void store(int8_t *p, vector v) { _mm256_storeu_si256((__m256i *)p, v); }
TK_INLINE vector row(const uint8_t *p) { return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p)); }
TK_INLINE vector in_order(vector v) { return _mm256_permute4x64_epi64(v, 0xD8); }
#include "table_window.h"

/// The narrowing store saturates.
TK_TARGET void tk_table_int16_int8_avx2(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    size_t i = table->has_window ? through_window(x, count, table, out) : 0;
    for (; i + LANES <= count; i += LANES) {
        lanes v = _mm256_srai_epi32(lanes_add(interpolate(x + i, table->points), lanes_set(1 << 14)), 15);
        lanes_store(TK_INT8, out + i, v, LANES);
    }
    tk_table_int16_int8_scalar(x + i, count - i, table, out + i);
}
#endif
