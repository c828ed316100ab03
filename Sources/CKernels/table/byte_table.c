// The points and rises of a table as bytes: those that processors look up in registers.
#include "../kernels_internal.h"

size_t tk_byte_table_size(void) { return sizeof(tk_byte_table); }

void tk_byte_table_make(const int16_t table[513], tk_byte_table *out) {
    *out = (tk_byte_table){ .is_gentle = 1 };
    for (size_t p = 0; p < 513; p++)
        out->points[p] = table[p];
    for (size_t i = 0; i < 512; i++) {
        int32_t rise = table[i + 1] - table[i];
        if (rise < -16384 || rise >= 16384)
            out->is_gentle = 0;
#if defined(__aarch64__)
        out->point_and_rise[i ^ 256][0] = table[i];
        out->point_and_rise[i ^ 256][1] = (int16_t)rise;
#else
        out->point[0][i ^ 256] = (uint8_t)table[i];
        out->point[1][i ^ 256] = (uint8_t)(table[i] >> 8);
        out->twice_rise[0][i ^ 256] = (uint8_t)(2 * rise);
        out->twice_rise[1][i ^ 256] = (uint8_t)(2 * rise >> 8);
#endif
    }
}
