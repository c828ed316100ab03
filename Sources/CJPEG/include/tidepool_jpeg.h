/// JPEG through libjpeg-turbo, with every failure a return value: nothing is printed, nothing exits, a damaged picture
/// never passes for a whole one. The accurate integer DCT is used throughout, so that a picture has the same bytes on
/// every machine.
#ifndef TIDEPOOL_JPEG_H
#define TIDEPOOL_JPEG_H

#include <stddef.h>
#include <stdint.h>

enum {
    TP_JPEG_TRUNCATED = -1,    ///< the data end before the picture does
    TP_JPEG_CORRUPT = -2,      ///< not a JPEG, or damaged
    TP_JPEG_TOO_LARGE = -3,    ///< more than TP_JPEG_MAX_LENGTH pixels wide or high
    TP_JPEG_UNSUPPORTED = -4,  ///< a JPEG that has no RGB form here: CMYK, lossless, 12 bits
    TP_JPEG_NO_MEMORY = -5,
    TP_JPEG_BAD_ARGUMENT = -6  ///< the caller's size, scale, stride or quality does not fit
};

enum { TP_JPEG_MAX_LENGTH = 16384 };

/// What is reused from picture to picture. One thread at a time.
typedef struct tp_jpeg_decoder tp_jpeg_decoder;

/// NULL when there is no memory.
tp_jpeg_decoder *_Nullable tp_jpeg_decoder_create(void);
void tp_jpeg_decoder_destroy(tp_jpeg_decoder *_Nullable decoder);

/// Reads a picture's size in pixels from its header. Returns 0, or a negative TP_JPEG_ code.
int32_t tp_jpeg_read_size(
    tp_jpeg_decoder *_Nonnull decoder, const uint8_t *_Nullable bytes, size_t count, int32_t *_Nonnull width,
    int32_t *_Nonnull height);

/// A width or height after division by `scale`: rounded up.
int32_t tp_jpeg_scaled_length(int32_t length, int32_t scale);

/// Decodes a picture into interleaved 8-bit RGB, rows top to bottom, `stride` bytes apart. `scale` is 1, 2, 4 or 8: the
/// picture is that many times smaller, at a fraction of the cost. `width` and `height` are the size of `pixels`, and
/// must equal the scaled size of the picture. Returns 0, or a negative TP_JPEG_ code; the pixels are then undefined.
int32_t tp_jpeg_decode(
    tp_jpeg_decoder *_Nonnull decoder, const uint8_t *_Nullable bytes, size_t count, int32_t scale,
    uint8_t *_Nonnull pixels, int32_t width, int32_t height, size_t stride);

/// What the last failure of this decoder was, in words. Valid until its next call.
const char *_Nonnull tp_jpeg_message(const tp_jpeg_decoder *_Nonnull decoder);

/// Encodes interleaved 8-bit RGB as JPEG (4:2:0) with a quality of 1 … 100. Returns 0 and the data, to be freed with
/// `tp_jpeg_free`, or a negative TP_JPEG_ code.
int32_t tp_jpeg_encode(
    const uint8_t *_Nonnull pixels, int32_t width, int32_t height, size_t stride, int32_t quality,
    uint8_t *_Nullable *_Nonnull bytes, size_t *_Nonnull count);

void tp_jpeg_free(uint8_t *_Nullable bytes);

#endif
