// The pictures that the camera sends, sound ones and broken ones.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
    SOUND,
    CORRUPT,    // a Huffman table of nonsense: no decoder can read it
    NOISY,      // a few bytes of the coded data changed: decodes to something
    HEADLESS,   // the first bytes are missing
    TRUNCATED,  // the second half is missing
    SHORT,      // three bytes
    WRONG_SIZE, // a sound picture of another size than agreed
    STALLED,    // nothing at all
    KINDS
} picture_kind;

/// By the name of its kind; KINDS when there is none.
picture_kind picture_named(const char *name);
const char *picture_name(picture_kind kind);

/// Reads a JPEG of the camera's size; the first one given is the one of another size. -1 with a message on failure.
int picture_load(const char *path);

/// The next picture of a kind, valid until the next call; nothing for STALLED.
const uint8_t *picture_next(picture_kind kind, size_t *count);
