#include "failure.h"
#include "tidepool_jpeg.h"

#include <jerror.h>
#include <string.h>

static int32_t code_of(int message) {
    switch (message) {
    case JERR_OUT_OF_MEMORY:
        return TP_JPEG_NO_MEMORY;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
        return TP_JPEG_TOO_LARGE;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
        return TP_JPEG_UNSUPPORTED;
    default:
        return TP_JPEG_CORRUPT;
    }
}

_Noreturn static void leave(j_common_ptr object) {
    failure *self = (failure *)object->err;
    self->code = code_of(self->manager.msg_code);
    self->manager.format_message(object, self->message);
    longjmp(self->exit, 1);
}

/// libjpeg goes on after a warning, with grey or smeared blocks where data were missing. Those that mean a damaged
/// picture end it here; the others are the habits of cameras and old programs (padding before a marker, odd versions).
static void warn(j_common_ptr object, int level) {
    if (level >= 0) return;
    switch (object->err->msg_code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
        leave(object);
    default:
        break;
    }
}

static void stay_silent(j_common_ptr object) {
    (void)object;
}

struct jpeg_error_mgr *failure_manager(failure *self) {
    jpeg_std_error(&self->manager);
    self->manager.error_exit = leave;
    self->manager.emit_message = warn;
    self->manager.output_message = stay_silent;
    self->code = 0;
    self->message[0] = 0;
    return &self->manager;
}

void fail(j_common_ptr object, int32_t code, const char *message) {
    failure *self = (failure *)object->err;
    self->code = code;
    strncpy(self->message, message, sizeof self->message - 1);
    self->message[sizeof self->message - 1] = 0;
    longjmp(self->exit, 1);
}
