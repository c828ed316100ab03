#include "failure.h"
#include "tidepool_jpeg.h"

#include <stdlib.h>

#include <jerror.h>

enum {
    // A Huffman-coded block of 8 × 8 pixels takes a bit at the least, so that no byte stands for more than 512 pixels
    // (1024 with the strangest subsampling). A header that claims more is refused before anything of its size is
    // allocated.
    MAX_PIXELS_PER_BYTE = 1024,
    // Progressive pictures have some ten scans. Each is a pass over the picture; a small file can ask for thousands.
    MAX_SCANS = 100,
};

struct tp_jpeg_decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    failure failure;
};

static void do_nothing(j_decompress_ptr jpeg) {
    (void)jpeg;
}

static boolean end_of_data(j_decompress_ptr jpeg) {
    fail((j_common_ptr)jpeg, TP_JPEG_TRUNCATED, "the data end before the picture does");
}

static void skip(j_decompress_ptr jpeg, long count) {
    if (count <= 0) return;
    if ((size_t)count > jpeg->src->bytes_in_buffer) end_of_data(jpeg);
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
}

static void limit_scans(j_common_ptr object) {
    if (((j_decompress_ptr)object)->input_scan_number > MAX_SCANS) {
        fail(object, TP_JPEG_CORRUPT, "more scans than any real picture has");
    }
}

tp_jpeg_decoder *tp_jpeg_decoder_create(void) {
    return calloc(1, sizeof(tp_jpeg_decoder));
}

void tp_jpeg_decoder_destroy(tp_jpeg_decoder *decoder) {
    free(decoder);
}

const char *tp_jpeg_message(const tp_jpeg_decoder *decoder) {
    return decoder->failure.message;
}

int32_t tp_jpeg_scaled_length(int32_t length, int32_t scale) {
    return (length + scale - 1) / scale;
}

/// Reads the header of a new picture. libjpeg keeps tables from one picture to the next in the same object, which would
/// make the result depend on what came before: each picture gets a fresh one.
static void begin(tp_jpeg_decoder *self, const uint8_t *bytes, size_t count) {
    struct jpeg_decompress_struct *jpeg = &self->jpeg;
    jpeg_create_decompress(jpeg);
    self->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = do_nothing,
        .fill_input_buffer = end_of_data,
        .skip_input_data = skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = do_nothing,
    };
    self->progress = (struct jpeg_progress_mgr){.progress_monitor = limit_scans};
    jpeg->src = &self->source;
    jpeg->progress = &self->progress;
    jpeg_read_header(jpeg, TRUE);

    if (jpeg->image_width > TP_JPEG_MAX_LENGTH || jpeg->image_height > TP_JPEG_MAX_LENGTH) {
        fail((j_common_ptr)jpeg, TP_JPEG_TOO_LARGE, "wider or higher than 16384 pixels");
    }
    if ((uint64_t)jpeg->image_width * jpeg->image_height / MAX_PIXELS_PER_BYTE > count) {
        fail((j_common_ptr)jpeg, TP_JPEG_TRUNCATED, "the header claims more pixels than the data can hold");
    }
}

/// Prepares the error manager; a failure jumps back to the caller's setjmp, after which `end` cleans up.
static void arm(tp_jpeg_decoder *self) {
    self->jpeg = (struct jpeg_decompress_struct){0};
    self->jpeg.err = failure_manager(&self->failure);
}

static int32_t end(tp_jpeg_decoder *self) {
    jpeg_destroy_decompress(&self->jpeg);
    return self->failure.code;
}

int32_t tp_jpeg_read_size(
    tp_jpeg_decoder *decoder, const uint8_t *bytes, size_t count, int32_t *width, int32_t *height) {
    *width = *height = 0;
    arm(decoder);
    if (setjmp(decoder->failure.exit) == 0) {
        begin(decoder, bytes, count);
        *width = (int32_t)decoder->jpeg.image_width;
        *height = (int32_t)decoder->jpeg.image_height;
    }
    return end(decoder);
}

static void read_pixels(
    struct jpeg_decompress_struct *jpeg, int32_t scale, uint8_t *pixels, int32_t width, int32_t height, size_t stride) {
    if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
        fail((j_common_ptr)jpeg, TP_JPEG_BAD_ARGUMENT, "the scale is not 1, 2, 4 or 8");
    }
    jpeg->out_color_space = JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->scale_num = 1;
    jpeg->scale_denom = (unsigned)scale;
    jpeg_calc_output_dimensions(jpeg);
    if ((int64_t)jpeg->output_width != width || (int64_t)jpeg->output_height != height || stride < 3 * (size_t)width) {
        fail((j_common_ptr)jpeg, TP_JPEG_BAD_ARGUMENT, "the picture is not of the size of its pixels");
    }
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = pixels + jpeg->output_scanline * stride;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
}

int32_t tp_jpeg_decode(
    tp_jpeg_decoder *decoder, const uint8_t *bytes, size_t count, int32_t scale, uint8_t *pixels, int32_t width,
    int32_t height, size_t stride) {
    arm(decoder);
    if (setjmp(decoder->failure.exit) == 0) {
        begin(decoder, bytes, count);
        read_pixels(&decoder->jpeg, scale, pixels, width, height, stride);
    }
    return end(decoder);
}
