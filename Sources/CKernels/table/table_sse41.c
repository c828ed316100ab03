// Tables to int8 with SSE4.1.
#if defined(__x86_64__)
#include "../kernels_internal.h"
#include "../simd_sse41.h"

typedef __m128i vector;
enum { WIDTH = 16 };
#define OP(name) _mm_##name
#define BITS(name) _mm_##name##_si128

TK_INLINE vector load(const int16_t *p) { return _mm_loadu_si128((const __m128i *)p); }
TK_INLINE void store(int8_t *p, vector v) { _mm_storeu_si128((__m128i *)p, v); }
TK_INLINE vector row(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)p); }
TK_INLINE vector in_order(vector v) { return v; }
#include "table_window.h"

TK_TARGET void tk_table_int16_int8_sse41(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    size_t done = table->has_window ? through_window(x, count, table, out) : 0;
    tk_table_int16_int8_scalar(x + done, count - done, table, out + done);
}
#endif
