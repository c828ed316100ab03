#include "CInflate.h"

#include <limits.h>
#include <zlib.h>

int tp_inflate(const uint8_t *input, size_t inputSize, uint8_t *output, size_t outputSize) {
    if (inputSize > UINT_MAX || outputSize >= UINT_MAX) return -1;
    z_stream stream = {.next_in = (Bytef *)input, .avail_in = (uInt)inputSize};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return -1;
    stream.next_out = output;
    stream.avail_out = (uInt)outputSize;
    int status = inflate(&stream, Z_FINISH);
    size_t made = stream.total_out;
    inflateEnd(&stream);
    return status == Z_STREAM_END && made == outputSize ? 0 : -1;
}
