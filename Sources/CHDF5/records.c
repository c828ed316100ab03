#include "records.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void flush_records(struct records *records) {
    size_t done = 0;
    while (done < records->filled) {
        ssize_t count = write(records->descriptor, records->buffer + done, records->filled - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) _exit(1);  // nobody listens any more
        done += (size_t)count;
    }
    records->filled = 0;
}

void put_bytes(struct records *records, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    while (count > 0) {
        size_t room = sizeof records->buffer - records->filled;
        size_t part = count < room ? count : room;
        memcpy(records->buffer + records->filled, next, part);
        records->filled += part;
        next += part;
        count -= part;
        if (records->filled == sizeof records->buffer) flush_records(records);
    }
}

void put_number(struct records *records, uint64_t value, size_t size) {
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    put_bytes(records, bytes, size);
}

void put_text(struct records *records, const char *text, size_t length) {
    put_number(records, length, 4);
    put_bytes(records, text, length);
}
