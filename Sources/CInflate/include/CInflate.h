#pragma once
#include <stddef.h>
#include <stdint.h>

/// Inflates a raw deflate stream by zlib. Returns 0 when it gives exactly `outputSize` bytes, otherwise -1.
int tp_inflate(const uint8_t *input, size_t inputSize, uint8_t *output, size_t outputSize);
