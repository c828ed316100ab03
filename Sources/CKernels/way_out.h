// From accumulators to outputs: requantized by the general or the exact way, zero point, clamp. Included after a
// simd_<set>.h.
#ifndef TIDEPOOL_WAY_OUT_H
#define TIDEPOOL_WAY_OUT_H
#include "exact_scale.h"

typedef struct way_out {
    lanes_scale scale;
    lanes factor;       // the exact way's
    lanes zero_point;   // the exact way's: the float that rounds, and the zero point
    lanes low, high;
} way_out;

TK_INLINE way_out way_out_make(int exact, const tk_output *o, lanes multiplier, lanes shift) {
    way_out w = { .low = lanes_set(o->low), .high = lanes_set(o->high) };
    w.zero_point = lanes_set(exact ? TK_ROUNDING_FLOAT + o->zero_point : o->zero_point);
    if (exact)
        w.factor = multiplier;
    else
        w.scale = lanes_make_scale(multiplier, shift);
    return w;
}

/// Not yet clamped.
TK_INLINE lanes way_out_apply(int exact, const way_out *w, lanes a) {
#ifdef LANES_EXACT
    if (exact)
        return lanes_subtract(lanes_fused(a, w->factor, w->zero_point), lanes_set(TK_ROUNDING_FLOAT));
#endif
    (void)exact;
    return lanes_add(lanes_requantize(a, w->scale), w->zero_point);
}

/// Turns the parameters of a panel of channels into those of the exact way, where all of them may take it.
static inline void finish_parameters(int exact, int32_t count, int32_t *multiplier, int32_t *shift) {
#ifdef LANES_EXACT
    if (exact)
        tk_make_exact(count, multiplier, shift);
#else
    (void)exact, (void)count, (void)multiplier, (void)shift;
#endif
}

/// Whether a panel was.
TK_INLINE int is_exact(const int32_t *shift) {
#ifdef LANES_EXACT
    return shift[0] == 0;
#else
    (void)shift;
    return 0;
#endif
}

/// The channel, within its chunk, of position `i` of two vectors laid end to end, which a pack into int16 puts in order.
static inline size_t lane_channel(size_t i) {
    size_t lane = i % LANES;
    return lane / 4 * 8 + lane % 4 + (i < LANES ? 0 : 4);
}

/// The other way round: the position of a channel.
static inline size_t channel_lane(size_t c) { return c / 8 * 4 + c % 4 + (c & 4 ? LANES : 0); }

/// Clamps and stores two such vectors.
TK_INLINE void way_out_store_pair(const tk_output *o, void *p, lanes a, lanes b, size_t count) {
    lanes words = pairs_clamp(pairs_pack(a, b), o->low, o->high);
    pairs_store(o->type, p, words, count);
}

#endif
