#ifndef TP_BYTES_H
#define TP_BYTES_H

#include <stddef.h>
#include <stdint.h>

/// 1 when one of the bytes has this value.
int32_t tp_contains(const int8_t *_Nullable bytes, size_t count, int8_t value);

/// The sum of the magnitudes of the bytes.
int64_t tp_absolute_sum(const int8_t *_Nullable bytes, size_t count);

#endif
