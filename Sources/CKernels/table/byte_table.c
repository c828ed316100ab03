// Within a segment of 128 inputs the interpolated line changes its rounded byte a few times at most. So a segment is a
// byte, the inputs at which it steps up by one, and a direction: lookups of bytes in place of two lookups of words and
// a multiplication.
#include "../kernels_internal.h"
#include "../requantize.h"

/// The byte at input `f` of segment `i`, by the rule.
static int32_t segment_byte(const int16_t *table, int32_t i, int32_t f) {
    int32_t v = (table[i] * (128 - f) + table[i + 1] * f + (1 << 14)) >> 15;
    return tk_clamp(v, INT8_MIN, INT8_MAX);
}

static int32_t step_count(const int16_t *table, int32_t i) {
    int32_t rise = segment_byte(table, i, 127) - segment_byte(table, i, 0);
    return rise < 0 ? -rise : rise;
}

size_t tk_byte_table_size(void) { return sizeof(tk_byte_table); }

void tk_byte_table_make(const int16_t table[513], tk_byte_table *out) {
    *out = (tk_byte_table){ .steps = 1 };
    for (size_t p = 0; p < 513; p++)
        out->points[p] = table[p];
    for (int32_t i = 0; i < 512; i++) {
        int32_t steps = step_count(table, i);
        out->steps = steps > out->steps ? steps : out->steps;
    }
    for (int32_t i = 0; i < 512 && out->steps <= TK_BYTE_TABLE_STEPS; i++) {
        // Falling segments are read from their end. Steps that a segment lacks are taken at once, from lower down.
        int falls = segment_byte(table, i, 127) < segment_byte(table, i, 0);
        int32_t lowest = segment_byte(table, i, falls ? 127 : 0) - (out->steps - step_count(table, i));
        size_t at = (size_t)(i ^ 256);
        out->base[at] = (int8_t)lowest;
        for (int32_t step = 0; step < out->steps; step++) {
            int32_t f = 0;
            while (segment_byte(table, i, falls ? 127 - f : f) < lowest + step + 1)
                f++;
            out->threshold[step][at] = (uint8_t)f;
        }
        out->threshold[0][at] |= falls ? 128 : 0;
    }
}
