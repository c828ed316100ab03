#pragma once
#include <stddef.h>
#include <stdint.h>

/// Reads a whole HDF5 file into one buffer of records, in a process of its own: whatever libhdf5 does on a damaged file,
/// crash or loop, the caller gets an error.
///
/// The file is `path`, or the `size` bytes at `image` when that is not NULL. Only hard links are followed, external and
/// virtual storage is not. The groups `optimizer_weights` and `optimizer` of the root are left out.
///
/// Records, little-endian, texts as u32 length and bytes:
///   u8 1, text object, text name, u32 n, n texts         an attribute of texts
///   u8 2, text object, u32 rank, rank × u64, u64 n, n × f32    a dataset of numbers, as floats
///   u8 3, text                                           why the file cannot be used; the last record
///   u8 4                                                 the end; the last record
///
/// Returns 0 with a buffer that `tp_hdf5_free` takes back, -1 when no process can be made, -2 when reading died. A
/// buffer that ends without one of the last records comes from a process that died.
int tp_hdf5_read(const char *path, const void *image, size_t size, uint8_t **records, size_t *count);

void tp_hdf5_free(uint8_t *records);
