// Unary tables with NEON.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

// The 256 entries are four times the 64 that tbl reaches. An index beyond those gives 0 in tbl, no change in tbx.
void tk_table_int8_neon(const int8_t *x, size_t count, const int8_t table[256], int8_t *out) {
    int8x16x4_t quarter[4];
    for (size_t q = 0; q < 4; q++)
        quarter[q] = vld1q_s8_x4(table + 64 * q);
    const uint8x16_t next = vdupq_n_u8(64);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        uint8x16_t index = veorq_u8(vreinterpretq_u8_s8(vld1q_s8(x + i)), vdupq_n_u8(128));
        int8x16_t y = vqtbl4q_s8(quarter[0], index);
        y = vqtbx4q_s8(y, quarter[1], index = vsubq_u8(index, next));
        y = vqtbx4q_s8(y, quarter[2], index = vsubq_u8(index, next));
        y = vqtbx4q_s8(y, quarter[3], vsubq_u8(index, next));
        vst1q_s8(out + i, y);
    }
    tk_table_int8_scalar(x + i, count - i, table, out + i);
}

// t[i] and t[i + 1] are neighbours: one load of 32 bits brings both.
TK_INLINE int32_t two_entries(const int16_t *table, uint16_t index) {
    int32_t both;
    memcpy(&both, table + index, sizeof both);
    return both;
}

// t[i]*(128 - f) + t[i+1]*f of eight elements.
TK_INLINE lanes interpolate(const int16_t *x, const int16_t *table) {
    uint16x8_t u = veorq_u16(vreinterpretq_u16_s16(vld1q_s16(x)), vdupq_n_u16(0x8000)), i = vshrq_n_u16(u, 7);
    int32x4_t first = vdupq_n_s32(two_entries(table, vgetq_lane_u16(i, 0)));
    first = vsetq_lane_s32(two_entries(table, vgetq_lane_u16(i, 1)), first, 1);
    first = vsetq_lane_s32(two_entries(table, vgetq_lane_u16(i, 2)), first, 2);
    first = vsetq_lane_s32(two_entries(table, vgetq_lane_u16(i, 3)), first, 3);
    int32x4_t second = vdupq_n_s32(two_entries(table, vgetq_lane_u16(i, 4)));
    second = vsetq_lane_s32(two_entries(table, vgetq_lane_u16(i, 5)), second, 1);
    second = vsetq_lane_s32(two_entries(table, vgetq_lane_u16(i, 6)), second, 2);
    second = vsetq_lane_s32(two_entries(table, vgetq_lane_u16(i, 7)), second, 3);
    int16x8_t here = vuzp1q_s16(vreinterpretq_s16_s32(first), vreinterpretq_s16_s32(second));
    int16x8_t there = vuzp2q_s16(vreinterpretq_s16_s32(first), vreinterpretq_s16_s32(second));
    int16x8_t f = vreinterpretq_s16_u16(vandq_u16(u, vdupq_n_u16(127))), rest = vsubq_s16(vdupq_n_s16(128), f);
    return (lanes){
        vmlal_s16(vmull_s16(vget_low_s16(here), vget_low_s16(rest)), vget_low_s16(there), vget_low_s16(f)),
        vmlal_high_s16(vmull_high_s16(here, rest), there, f),
    };
}

void tk_table_int16_neon(const int16_t *x, size_t count, const int16_t table[513], int16_t *out) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        lanes v = interpolate(x + i, table);
        vst1q_s16(out + i, vrshrn_high_n_s32(vrshrn_n_s32(v.low, 7), v.high, 7));
    }
    tk_table_int16_scalar(x + i, count - i, table, out + i);
}

// Vectors of 16 inputs that share a table's registers.
enum { VECTORS = 3 };

typedef struct segments {
    uint8x16_t index[VECTORS], second[VECTORS];   // as the second 64 have them
} segments;

// The next 128 bytes of a table, looked up, and on to those that follow. In assembly, since a compiler moves registers
// to have four in a row. An index beyond 63 gives 0 in tbl, no change in tbx.
#define LOOK_UP(v) "tbl %[y" #v "].16b, {v0.16b, v1.16b, v2.16b, v3.16b}, %[i" #v "].16b\n\t"
#define LOOK_ON(v) "tbx %[y" #v "].16b, {v4.16b, v5.16b, v6.16b, v7.16b}, %[j" #v "].16b\n\t"
TK_INLINE void bytes_of(const uint8_t **table, segments s, uint8x16_t y[VECTORS]) {
    __asm__("ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[table]], #64\n\t"
            "ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[table]], #64\n\t"
            LOOK_UP(0) LOOK_UP(1) LOOK_UP(2) LOOK_ON(0) LOOK_ON(1) LOOK_ON(2)
            : [table] "+r"(*table), [y0] "=&w"(y[0]), [y1] "=&w"(y[1]), [y2] "=&w"(y[2])
            : [i0] "w"(s.index[0]), [i1] "w"(s.index[1]), [i2] "w"(s.index[2]), [j0] "w"(s.second[0]),
              [j1] "w"(s.second[1]), [j2] "w"(s.second[2])
            : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "memory");
}

// The words of two times 128 bytes.
TK_INLINE void words_of(const uint8_t **table, segments s, int16x8_t words[2 * VECTORS]) {
    uint8x16_t low[VECTORS], high[VECTORS];
    bytes_of(table, s, low);
    bytes_of(table, s, high);
    TK_UNROLL for (int v = 0; v < VECTORS; v++) {
        words[2 * v] = vreinterpretq_s16_u8(vzip1q_u8(low[v], high[v]));
        words[2 * v + 1] = vreinterpretq_s16_u8(vzip2q_u8(low[v], high[v]));
    }
}

// sqdmulh is floor(2*f*2^8*rise / 2^16).
TK_INLINE void window(const int16_t *x, const tk_byte_table *table, int8_t *out) {
    const int16x8_t lowest = vdupq_n_s16(table->lowest), highest = vdupq_n_s16(table->highest);
    const uint8_t *next = table->rise[0];   // point is behind it
    int16x8_t words[2 * VECTORS], rise[2 * VECTORS];
    segments s;
    TK_UNROLL for (int v = 0; v < 2 * VECTORS; v++)
        words[v] = vminq_s16(vmaxq_s16(vld1q_s16(x + 8 * v), lowest), highest);
    TK_UNROLL for (int v = 0; v < VECTORS; v++) {
        int8x16_t segment = vshrn_high_n_s16(vshrn_n_s16(words[2 * v], 7), words[2 * v + 1], 7);
        s.index[v] = vandq_u8(vreinterpretq_u8_s8(segment), vdupq_n_u8(TK_WINDOW - 1));
        s.second[v] = veorq_u8(s.index[v], vdupq_n_u8(64));
    }
    words_of(&next, s, rise);
    TK_UNROLL for (int v = 0; v < 2 * VECTORS; v++)
        rise[v] = vqdmulhq_s16(vshlq_n_s16(words[v], 8), rise[v]);
    words_of(&next, s, words);
    TK_UNROLL for (int v = 0; v < VECTORS; v++) {
        int16x8_t low = vaddq_s16(words[2 * v], rise[2 * v]), high = vaddq_s16(words[2 * v + 1], rise[2 * v + 1]);
        vst1q_s8(out + 16 * v, vqrshrn_high_n_s16(vqrshrn_n_s16(low, 8), high, 8));
    }
}

void tk_table_int16_int8_neon(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    size_t i = 0;
    if (table->has_window)
        for (; i + 16 * VECTORS <= count; i += 16 * VECTORS)
            window(x + i, table, out + i);
    for (; i + 8 <= count; i += 8) {
        lanes v = interpolate(x + i, table->points);
        vst1_s8(out + i, vqmovn_s16(vrshrn_high_n_s32(vrshrn_n_s32(v.low, 15), v.high, 15)));
    }
    tk_table_int16_int8_scalar(x + i, count - i, table, out + i);
}

#endif
