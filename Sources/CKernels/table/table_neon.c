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

// A segment's point and rise, then zeros: one load.
TK_INLINE int16x8_t point_and_rise(const tk_byte_table *table, int16_t segment) {
    int32_t both;
    memcpy(&both, table->point_and_rise[(uint16_t)segment % 512], sizeof both);
    return vreinterpretq_s16_s32((int32x4_t){ both, 0, 0, 0 });
}

// Four points, then their rises.
TK_INLINE int32x4_t four_segments(int16x8_t a, int16x8_t b, int16x8_t c, int16x8_t d) {
    return vzip1q_s32(vreinterpretq_s32_s16(vzip1q_s16(a, b)), vreinterpretq_s32_s16(vzip1q_s16(c, d)));
}

// The bytes of a gentle table times 2^8, of eight elements.
TK_INLINE int16x8_t gentle(const int16_t *x, const tk_byte_table *table) {
    int16x8_t v = vld1q_s16(x), i = vreinterpretq_s16_u16(vshrq_n_u16(vreinterpretq_u16_s16(v), 7));
#define SEGMENT(j) point_and_rise(table, vgetq_lane_s16(i, j))
    int32x4_t first = four_segments(SEGMENT(0), SEGMENT(1), SEGMENT(2), SEGMENT(3));
    int32x4_t second = four_segments(SEGMENT(4), SEGMENT(5), SEGMENT(6), SEGMENT(7));
#undef SEGMENT
    int16x8_t t = vreinterpretq_s16_s64(vzip1q_s64(vreinterpretq_s64_s32(first), vreinterpretq_s64_s32(second)));
    int16x8_t rise = vreinterpretq_s16_s64(vzip2q_s64(vreinterpretq_s64_s32(first), vreinterpretq_s64_s32(second)));
    // sqdmulh is floor(2*f*2^8*rise / 2^16).
    int16x8_t f = vshlq_n_s16(vandq_s16(v, vdupq_n_s16(127)), 8);
    return vaddq_s16(t, vqdmulhq_s16(f, rise));
}

void tk_table_int16_int8_neon(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    size_t i = 0;
    if (table->is_gentle)
        for (; i + 16 <= count; i += 16)
            vst1q_s8(out + i, vqrshrn_high_n_s16(vqrshrn_n_s16(gentle(x + i, table), 8), gentle(x + i + 8, table), 8));
    for (; i + 8 <= count; i += 8) {
        lanes v = interpolate(x + i, table->points);
        vst1_s8(out + i, vqmovn_s16(vrshrn_high_n_s32(vrshrn_n_s32(v.low, 15), v.high, 15)));
    }
    tk_table_int16_int8_scalar(x + i, count - i, table, out + i);
}

#endif
