#include "pictures.h"
#include "uvc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAXIMUM_PICTURES = 8, MISSING_HEAD = 300 };

static const char *const names[KINDS] = {
    "sound", "corrupt", "noisy", "headless", "truncated", "short", "wrong-size", "stalled",
};
static struct {
    uint8_t *bytes;
    size_t count;
} pictures[MAXIMUM_PICTURES]; // the first one is of another size
static int picture_count, turn;

picture_kind picture_named(const char *name) {
    int kind = 0;
    while (kind < KINDS && strcmp(name, names[kind]) != 0) kind++;
    return (picture_kind)kind;
}

const char *picture_name(picture_kind kind) {
    return names[kind];
}

int picture_load(const char *path) {
    FILE *file = picture_count < MAXIMUM_PICTURES ? fopen(path, "rb") : NULL;
    uint8_t *bytes = malloc(UVC_MAXIMUM_FRAME);
    size_t count = file && bytes ? fread(bytes, 1, UVC_MAXIMUM_FRAME, file) : 0;
    if (file) fclose(file);
    if (count <= MISSING_HEAD || count == UVC_MAXIMUM_FRAME) {
        fprintf(stderr, "%s: not a JPEG that this camera could send\n", path);
        return -1;
    }
    pictures[picture_count].bytes = bytes;
    pictures[picture_count++].count = count;
    return 0;
}

/// Where the segment with this marker begins.
static size_t segment(const uint8_t *bytes, size_t count, uint8_t marker) {
    size_t at = 2;
    while (at + 4 < count && bytes[at + 1] != marker) at += 2u + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
    return at;
}

const uint8_t *picture_next(picture_kind kind, size_t *count) {
    enum { HUFFMAN_TABLES = 0xC4, SCAN = 0xDA };
    static uint8_t broken[UVC_MAXIMUM_FRAME];
    if (kind != WRONG_SIZE) turn = turn + 1 < picture_count ? turn + 1 : 1;
    int index = kind == WRONG_SIZE ? 0 : turn;
    const uint8_t *bytes = pictures[index].bytes;
    *count = pictures[index].count;

    switch (kind) {
    case CORRUPT:
    case NOISY:
        memcpy(broken, bytes, *count);
        if (kind == CORRUPT) memset(broken + segment(bytes, *count, HUFFMAN_TABLES) + 5, 0xFE, 16);
        else for (size_t at = segment(bytes, *count, SCAN) + 200; at + 64 < *count; at += 997) broken[at] ^= 0x55;
        return broken;
    case HEADLESS:
        *count -= MISSING_HEAD;
        return bytes + MISSING_HEAD;
    case TRUNCATED: *count /= 2; return bytes;
    case SHORT: *count = 3; return bytes;
    case STALLED: *count = 0; return bytes;
    default: return bytes;
    }
}
