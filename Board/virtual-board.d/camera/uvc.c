#include "uvc.h"

#include <string.h>

// Numbers in descriptors are little-endian.
#define WORD(x) (x) & 255, (x) >> 8 & 255
#define LONG(x) WORD((x) & 65535), WORD((uint32_t)(x) >> 16)

enum {
    CONFIGURATION = 9, ASSOCIATION = 8, INTERFACE = 9, ENDPOINT = 7,
    CONTROL_HEADER = 13, INPUT_TERMINAL = 18, OUTPUT_TERMINAL = 9,
    CONTROLS = CONTROL_HEADER + INPUT_TERMINAL + OUTPUT_TERMINAL,
    STREAM_HEADER = 14, FORMAT = 11, FRAME = 38, COLOUR = 6,
    STREAM = STREAM_HEADER + FORMAT + FRAME + COLOUR,
    TOTAL = CONFIGURATION + ASSOCIATION + INTERFACE + CONTROLS + INTERFACE + STREAM + ENDPOINT,
};
enum { UNITS_PER_SECOND = 10000000, PER_30TH = 333333, PER_15TH = 666666, PER_5TH = 2000000 }; // of 100 ns

static const uint8_t device[] = {
    18, 1, WORD(0x0200), 0xEF, 2, 1, 64, WORD(0x1D6B), WORD(0x0102), WORD(0x0100), 1, 2, 3, 1,
};
static const uint8_t qualifier[] = {10, 6, WORD(0x0200), 0xEF, 2, 1, 64, 1, 0};
static const char *const strings[] = {"Tidepool", "Virtual UVC camera", "0001"};
static const uint8_t languages[] = {4, 3, 9, 4};

static const uint8_t configuration[] = {
    CONFIGURATION, 2, WORD(TOTAL), 2, 1, 0, 0x80, 50,
    ASSOCIATION, 11, 0, 2, 0x0E, 3, 0, 0,
    INTERFACE, 4, 0, 0, 0, 0x0E, 1, 0, 0, // video control
    CONTROL_HEADER, 0x24, 1, WORD(0x0100), WORD(CONTROLS), LONG(48000000), 1, 1,
    INPUT_TERMINAL, 0x24, 2, 1, WORD(0x0201), 0, 0, WORD(0), WORD(0), WORD(0), 3, 0, 0, 0,
    OUTPUT_TERMINAL, 0x24, 3, 2, WORD(0x0101), 0, 1, 0,
    INTERFACE, 4, 1, 0, 1, 0x0E, 2, 0, 0, // video streaming
    STREAM_HEADER, 0x24, 1, 1, WORD(STREAM), 0x81, 0, 2, 0, 0, 0, 1, 0,
    FORMAT, 0x24, 6, 1, 1, 1, 1, 0, 0, 0, 0, // MJPEG
    FRAME, 0x24, 7, 1, 0, WORD(UVC_WIDTH), WORD(UVC_HEIGHT), LONG(UVC_WIDTH * UVC_HEIGHT * 8),
    LONG(UVC_WIDTH * UVC_HEIGHT * 16 * 30), LONG(UVC_MAXIMUM_FRAME), LONG(PER_30TH), 3,
    LONG(PER_30TH), LONG(PER_15TH), LONG(PER_5TH),
    COLOUR, 0x24, 0x0D, 1, 1, 4,
    ENDPOINT, 5, 0x81, 2, WORD(512), 0,
};
_Static_assert(sizeof configuration == TOTAL, "the parts add up");

// Video Probe and Commit Controls: what host and camera agree on.
static struct __attribute__((packed)) {
    uint16_t hint;
    uint8_t format, frame;
    uint32_t interval; // of 100 ns
    uint16_t key_frames, p_frames, quality, window, delay;
    uint32_t maximum_frame, maximum_payload;
} agreed = {1, 1, 1, PER_30TH, 0, 0, 0, 0, 0, UVC_MAXIMUM_FRAME, UVC_MAXIMUM_PAYLOAD};
static int streams_started;

int64_t uvc_frame_interval(void) {
    return (int64_t)agreed.interval * (1000000000 / UNITS_PER_SECOND);
}

int uvc_streams_started(void) {
    return streams_started;
}

static int copy(uint8_t *answer, const void *bytes, size_t count) {
    memcpy(answer, bytes, count);
    return (int)count;
}

static int string_descriptor(uint8_t *answer, size_t index) {
    if (index == 0) return copy(answer, languages, sizeof languages);
    if (index > sizeof strings / sizeof *strings) return USBIP_STALL;
    const char *text = strings[index - 1];
    size_t count = strlen(text);
    answer[0] = (uint8_t)(2 + 2 * count);
    answer[1] = 3;
    for (size_t i = 0; i < count; i++) {
        answer[2 + 2 * i] = (uint8_t)text[i];
        answer[3 + 2 * i] = 0;
    }
    return answer[0];
}

static int descriptor(uint16_t value, uint8_t *answer) {
    switch (value >> 8) {
    case 1: return copy(answer, device, sizeof device);
    case 2: return copy(answer, configuration, sizeof configuration);
    case 3: return string_descriptor(answer, value & 255);
    case 6: return copy(answer, qualifier, sizeof qualifier);
    default: return USBIP_STALL;
    }
}

static int stream_control(const usbip_control *control, uint8_t *answer) {
    enum { PROBE = 1, COMMIT = 2, SET = 0x01, GET_LENGTH = 0x85, GET_INFORMATION = 0x86 };
    int selector = control->value >> 8;
    if (selector != PROBE && selector != COMMIT) return USBIP_STALL;
    switch (control->code) {
    case SET:
        memcpy(&agreed.interval, control->data + 4, sizeof agreed.interval);
        if (agreed.interval == 0) agreed.interval = PER_30TH;
        if (selector == COMMIT) streams_started++;
        return 0;
    case GET_LENGTH: return copy(answer, (uint8_t[]){WORD(sizeof agreed)}, 2);
    case GET_INFORMATION: return copy(answer, (uint8_t[]){3}, 1);
    default: return copy(answer, &agreed, sizeof agreed);
    }
}

int uvc_answer(const usbip_control *control, uint8_t *answer) {
    enum { KIND = 0x60, RECIPIENT = 0x1F, TO_INTERFACE = 1, STREAMING_INTERFACE = 1, GET_DESCRIPTOR = 6 };
    int is_standard = (control->type & KIND) == 0, is_in = control->type & 0x80;
    if (is_standard && !is_in) return 0; // there is one configuration, and each interface has one setting
    if (is_standard && control->code == GET_DESCRIPTOR) return descriptor(control->value, answer);
    if (is_standard) return copy(answer, (uint8_t[]){0, 0}, 2);
    if ((control->type & RECIPIENT) == TO_INTERFACE && (control->index & 255) == STREAMING_INTERFACE)
        return stream_control(control, answer);
    return USBIP_STALL;
}
