#pragma once
#include <stddef.h>
#include <stdint.h>

/// A writer of records to a file descriptor; see CHDF5.h for their form.
struct records {
    int descriptor;
    size_t filled;
    uint8_t buffer[1 << 16];
};

enum record { RECORD_ATTRIBUTE = 1, RECORD_DATASET = 2, RECORD_FAILURE = 3, RECORD_END = 4 };

void put_bytes(struct records *records, const void *bytes, size_t count);
void put_number(struct records *records, uint64_t value, size_t size);
void put_text(struct records *records, const char *text, size_t length);
void flush_records(struct records *records);

/// Writes the file's content and the last record.
void write_records(struct records *records, const char *path, const void *image, size_t size);
