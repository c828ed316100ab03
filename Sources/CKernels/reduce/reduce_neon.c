// Mean and maximum with NEON: bytes 16 at a time, the rest over int32 lanes.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"
#define OWN_REDUCE
#include "reduce_lanes.h"

enum { BYTES = 16, STRIP = 4, ROWS_AT_ONCE = 256 };   // so many bytes are added up in an int16

/// Adds `rows` rows of 16 * `width` bytes to the int32 sums. Bytes fit an int16 so often, and so are added in one.
TK_INLINE void add_rows(const int8_t *x, size_t stride, size_t rows, const int width, lanes *sum) {
    int16x8_t low[STRIP], high[STRIP];
    TK_UNROLL for (int v = 0; v < width; v++)
        low[v] = high[v] = vdupq_n_s16(0);
    for (; rows != 0; rows--, x += stride)
        TK_UNROLL for (int v = 0; v < width; v++) {
            int8x16_t bytes = vld1q_s8(x + BYTES * v);
            low[v] = vaddw_s8(low[v], vget_low_s8(bytes));
            high[v] = vaddw_high_s8(high[v], bytes);
        }
    TK_UNROLL for (int v = 0; v < width; v++) {
        sum[2 * v].low = vaddw_s16(sum[2 * v].low, vget_low_s16(low[v]));
        sum[2 * v].high = vaddw_high_s16(sum[2 * v].high, low[v]);
        sum[2 * v + 1].low = vaddw_s16(sum[2 * v + 1].low, vget_low_s16(high[v]));
        sum[2 * v + 1].high = vaddw_high_s16(sum[2 * v + 1].high, high[v]);
    }
}

TK_INLINE void mean_bytes(const tk_reduce *r, size_t outer, size_t inner, const int width) {
    const int8_t *x = (const int8_t *)reduce_row(r, outer, inner);
    lanes sum[2 * STRIP];
    for (int v = 0; v < 2 * width; v++)
        sum[v] = lanes_set(0);
    for (size_t rows = 0, k = 0; k < r->count; k += rows, x += rows * r->inner) {
        rows = r->count - k < ROWS_AT_ONCE ? r->count - k : ROWS_AT_ONCE;
        add_rows(x, r->inner, rows, width, sum);
    }
    mean_store(r, outer, inner, 2 * width, LANES, sum);
}

TK_INLINE void maximum_bytes(const tk_reduce *r, size_t outer, size_t inner, const int width) {
    const int8_t *x = (const int8_t *)reduce_row(r, outer, inner);
    int8x16_t largest[STRIP];
    TK_UNROLL for (int v = 0; v < width; v++)
        largest[v] = vdupq_n_s8(INT8_MIN);
    for (size_t k = 0; k < r->count; k++, x += r->inner)
        TK_UNROLL for (int v = 0; v < width; v++)
            largest[v] = vmaxq_s8(largest[v], vld1q_s8(x + BYTES * v));
    TK_UNROLL for (int v = 0; v < width; v++)
        vst1q_s8((int8_t *)r->out + outer * r->inner + inner + (size_t)(BYTES * v), largest[v]);
}

#define EACH_STRIP(bytes, strip)                                        \
    for (size_t o = 0; o < r->outer; o++) {                             \
        size_t i = r->inner_begin, end = r->inner_end;                  \
        if (r->x_type == TK_INT8) {                                     \
            for (; i + STRIP * BYTES <= end; i += STRIP * BYTES)        \
                bytes(r, o, i, STRIP);                                  \
            for (; i + BYTES <= end; i += BYTES)                        \
                bytes(r, o, i, 1);                                      \
        }                                                               \
        for (; i + LANES <= end; i += LANES)                            \
            strip(r, r->x_type, o, i, 1, LANES);                        \
        if (i < end)                                                    \
            strip(r, r->x_type, o, i, 1, end - i);                      \
    }

void tk_mean_neon(const tk_reduce *r) { EACH_STRIP(mean_bytes, mean_strip) }
void tk_maximum_neon(const tk_reduce *r) { EACH_STRIP(maximum_bytes, maximum_strip) }
#endif
