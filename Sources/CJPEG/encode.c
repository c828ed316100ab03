#include "failure.h"
#include "tidepool_jpeg.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 * 1024 };

typedef struct {
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr destination;
    failure failure;
    uint8_t *bytes;
    size_t capacity;
} encoder;

/// Resizes the output and points libjpeg at the part behind `used`.
static void grow(encoder *self, size_t used, size_t capacity) {
    uint8_t *bytes = realloc(self->bytes, capacity);
    if (!bytes) fail((j_common_ptr)&self->jpeg, TP_JPEG_NO_MEMORY, "no memory for the encoded picture");
    self->bytes = bytes;
    self->capacity = capacity;
    self->destination.next_output_byte = bytes + used;
    self->destination.free_in_buffer = capacity - used;
}

static void start_output(j_compress_ptr jpeg) {
    grow(jpeg->client_data, 0, FIRST_CAPACITY);
}

/// Called when the output is full to the last byte.
static boolean extend_output(j_compress_ptr jpeg) {
    encoder *self = jpeg->client_data;
    grow(self, self->capacity, 2 * self->capacity);
    return TRUE;
}

static void finish_output(j_compress_ptr jpeg) {
    (void)jpeg;
}

static void write_pixels(
    encoder *self, const uint8_t *pixels, int32_t width, int32_t height, size_t stride, int32_t quality) {
    struct jpeg_compress_struct *jpeg = &self->jpeg;
    jpeg_create_compress(jpeg);
    self->destination = (struct jpeg_destination_mgr){
        .init_destination = start_output,
        .empty_output_buffer = extend_output,
        .term_destination = finish_output,
    };
    jpeg->dest = &self->destination;
    jpeg->client_data = self;
    jpeg->image_width = (JDIMENSION)width;
    jpeg->image_height = (JDIMENSION)height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row = (JSAMPROW)(pixels + jpeg->next_scanline * stride);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

int32_t tp_jpeg_encode(
    const uint8_t *pixels, int32_t width, int32_t height, size_t stride, int32_t quality, uint8_t **bytes,
    size_t *count) {
    *bytes = NULL;
    *count = 0;
    if (width < 1 || height < 1 || stride < 3 * (size_t)width) return TP_JPEG_BAD_ARGUMENT;
    if (quality < 1 || quality > 100) return TP_JPEG_BAD_ARGUMENT;
    if (width > TP_JPEG_MAX_LENGTH || height > TP_JPEG_MAX_LENGTH) return TP_JPEG_TOO_LARGE;

    encoder *self = calloc(1, sizeof *self);
    if (!self) return TP_JPEG_NO_MEMORY;
    self->jpeg.err = failure_manager(&self->failure);
    if (setjmp(self->failure.exit) == 0) write_pixels(self, pixels, width, height, stride, quality);
    jpeg_destroy_compress(&self->jpeg);

    int32_t code = self->failure.code;
    if (code == 0) {
        *bytes = self->bytes;
        *count = self->capacity - self->destination.free_in_buffer;
    } else {
        free(self->bytes);
    }
    free(self);
    return code;
}

void tp_jpeg_free(uint8_t *bytes) {
    free(bytes);
}
