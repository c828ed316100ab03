// The two passes of the picture resize with NEON.
#if defined(__aarch64__)
#include "../kernels_internal.h"
#include "../simd_neon.h"

// Red, green and blue of a pixel in the first three lanes; the fourth is whatever follows, or 0 after the last tap,
// behind which the row may end.
TK_INLINE uint16x4_t pixel(const uint8_t *p, int is_last) {
    uint32_t bytes = 0;
    memcpy(&bytes, p, is_last ? 3 : 4);
    return vget_low_u16(vmovl_u8(vcreate_u8(bytes)));
}

TK_INLINE int32x4_t add_tap(int32x4_t sum, uint16x4_t pixel, int16_t weight) {
    return vmlal_n_s16(sum, vreinterpret_s16_u16(pixel), weight);
}

void tk_resize_row_neon(const tk_resize_row *r) {
    const size_t taps = (size_t)r->taps;
    const int16_t *weights = r->weights;
    for (int32_t i = 0; i < r->width; i++, weights += taps) {
        const uint8_t *source = r->source + 3 * (size_t)r->first[i];
        int32x4_t sum = vdupq_n_s32(0);
        for (size_t t = 0; t + 1 < taps; t++)
            sum = add_tap(sum, pixel(source + 3 * t, 0), weights[t]);
        sum = add_tap(sum, pixel(source + 3 * (taps - 1), 1), weights[taps - 1]);
        uint16x4_t h = vreinterpret_u16_s16(vrshrn_n_s32(sum, 7));
        uint16_t *out = r->out + 3 * i;
        uint64_t three = vget_lane_u64(vreinterpret_u64_u16(h), 0);
        memcpy(out, &three, 6);
    }
}

void tk_resize_column_neon(const tk_resize_column *r) {
    const size_t count = (size_t)r->count, taps = (size_t)r->taps;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        int32x4_t low = vdupq_n_s32(0), high = low;
        for (size_t t = 0; t < taps; t++) {
            int16x8_t h = vreinterpretq_s16_u16(vld1q_u16(r->rows[t] + i));   // at most 255 * 2^7
            low = vmlal_n_s16(low, vget_low_s16(h), r->weights[t]);
            high = vmlal_high_n_s16(high, h, r->weights[t]);
        }
        int16x8_t v = vcombine_s16(vmovn_s32(vrshrq_n_s32(low, 21)), vmovn_s32(vrshrq_n_s32(high, 21)));
        vst1_s8(r->out + i, vmovn_s16(vsubq_s16(v, vdupq_n_s16(128))));
    }
    for (; i < count; i++) {
        int32_t sum = 1 << 20;
        for (size_t t = 0; t < taps; t++)
            sum += r->weights[t] * r->rows[t][i];
        r->out[i] = (int8_t)((sum >> 21) - 128);
    }
}

#endif
