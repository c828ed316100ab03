// A table prepared for results of a byte: where it still changes, its points and rises fit registers.
#include "../kernels_internal.h"
#include "../requantize.h"

size_t tk_byte_table_size(void) { return sizeof(tk_byte_table); }

static int32_t result(const int16_t *table, int32_t x) {
    return tk_clamp((tk_interpolate(table, (int16_t)x) + (1 << 14)) >> 15, INT8_MIN, INT8_MAX);
}

/// The window's first segment; 512 where the results change in more segments than a window has. Within a segment they lie
/// on a line, so that its ends tell whether they change.
static int32_t find_window(const int16_t *table) {
    int32_t first = 0, last = 511, lowest = result(table, INT16_MIN), highest = result(table, INT16_MAX);
    while (first < 511 && result(table, 128 * first - 32641) == lowest && result(table, 128 * first - 32640) == lowest)
        first++;
    while (last > first && result(table, 128 * last - 32768) == highest && result(table, 128 * last - 32769) == highest)
        last--;
    if (last - first >= TK_WINDOW)
        return 512;
    return first < 512 - TK_WINDOW ? first : 512 - TK_WINDOW;
}

void tk_byte_table_make(const int16_t table[513], tk_byte_table *out) {
    *out = (tk_byte_table){ 0 };
    for (size_t p = 0; p < 513; p++)
        out->points[p] = table[p];
    int32_t first = find_window(table);
    out->has_window = first < 512;
    if (!out->has_window)
        return;
    out->lowest = (int16_t)(first * 128 - 32768);
    out->highest = (int16_t)(out->lowest + 128 * TK_WINDOW - 1);
    for (int32_t i = first; i < first + TK_WINDOW; i++) {
        int32_t rise = table[i + 1] - table[i];
        if (rise < -16384 || rise >= 16384)
            out->has_window = 0;
        // an odd segment's line is one from its end: the lower eight bits of x are f - 128 there
        int32_t point = table[i + i % 2];
        out->point[0][i % TK_WINDOW] = (uint8_t)point;
        out->point[1][i % TK_WINDOW] = (uint8_t)(point >> 8);
        out->rise[0][i % TK_WINDOW] = (uint8_t)rise;
        out->rise[1][i % TK_WINDOW] = (uint8_t)(rise >> 8);
    }
}
