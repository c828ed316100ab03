#ifndef TP_V4L2_H
#define TP_V4L2_H

#include <stddef.h>
#include <stdint.h>

/// A video capture device: the ioctls of V4L2's streaming with mapped buffers, one function each and no policy.
/// All return 0 or a positive result, or a negative errno.
typedef struct tp_camera tp_camera;

/// What the driver says of itself.
typedef struct tp_camera_identity {
    char driver[16];
    char card[32];
    char bus[32];
} tp_camera_identity;

/// A picture format: `fourcc` as in <linux/videodev2.h>, `stride` in bytes (0 for compressed formats).
typedef struct tp_camera_format {
    uint32_t fourcc;
    int32_t width, height, stride;
    uint32_t byte_count;
} tp_camera_format;

/// A filled buffer. `flags` is a set of TP_BUFFER_ bits.
typedef struct tp_camera_buffer {
    int32_t index;
    uint32_t sequence;
    uint32_t flags;
    uint32_t byte_count;
    int64_t nanoseconds;
} tp_camera_buffer;

enum {
    /// The driver filled this buffer but says that its content is damaged.
    TP_BUFFER_ERROR = 1,
    /// `nanoseconds` is of the monotonic clock.
    TP_BUFFER_MONOTONIC = 2
};

/// Opens a node such as /dev/video0, without blocking reads. With `convert`, libv4l2 stands between (where it is installed
/// and the program is linked dynamically; otherwise -ENOSYS) and offers RGB and YUV for formats that only it can decode.
int32_t tp_camera_open(const char *_Nonnull path, int32_t convert, tp_camera *_Nullable *_Nonnull camera);
void tp_camera_close(tp_camera *_Nullable camera);

/// -ENODEV unless the node captures video with streaming (metadata and output nodes do not).
int32_t tp_camera_identify(tp_camera *_Nonnull camera, tp_camera_identity *_Nonnull identity);

/// The `index`-th format on offer; -EINVAL past the last.
int32_t tp_camera_format_at(tp_camera *_Nonnull camera, int32_t index, uint32_t *_Nonnull fourcc);

/// Asks for a format; `format` then says what the driver chose.
int32_t tp_camera_set_format(tp_camera *_Nonnull camera, tp_camera_format *_Nonnull format);

/// Asks for frames a second; returns what was granted in thousandths, 0 where the driver has no say in it.
int32_t tp_camera_set_rate(tp_camera *_Nonnull camera, int32_t frames_per_second);

/// Asks for `count` mapped buffers and maps them. Returns how many there are.
int32_t tp_camera_map_buffers(tp_camera *_Nonnull camera, int32_t count);
const void *_Nullable tp_camera_buffer_bytes(tp_camera *_Nonnull camera, int32_t index);
size_t tp_camera_buffer_size(tp_camera *_Nonnull camera, int32_t index);

int32_t tp_camera_queue(tp_camera *_Nonnull camera, int32_t index);
/// Takes the oldest filled buffer; -EAGAIN when none is filled.
int32_t tp_camera_dequeue(tp_camera *_Nonnull camera, tp_camera_buffer *_Nonnull buffer);
int32_t tp_camera_stream(tp_camera *_Nonnull camera, int32_t on);

/// Waits until a buffer is filled. 1: filled; 0: time out; -EINTR: a signal came; -EIO: the device reports an error
/// (ask `tp_camera_identify` whether it is still there).
int32_t tp_camera_wait(tp_camera *_Nonnull camera, int32_t milliseconds);

#endif
