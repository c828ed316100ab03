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

/// The sizes of a format: all from the least to the greatest in steps, a single one where those are equal.
typedef struct tp_camera_sizes {
    int32_t least_width, greatest_width, step_width;
    int32_t least_height, greatest_height, step_height;
} tp_camera_sizes;

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

/// -EOPNOTSUPP unless the node captures video with streaming (metadata and output nodes do not).
int32_t tp_camera_identify(tp_camera *_Nonnull camera, tp_camera_identity *_Nonnull identity);

/// 0 when the input has no power or no signal, 1 when nothing speaks against it.
int32_t tp_camera_has_signal(tp_camera *_Nonnull camera);

/// The `index`-th format on offer; -EINVAL past the last.
int32_t tp_camera_format_at(tp_camera *_Nonnull camera, int32_t index, uint32_t *_Nonnull fourcc);

/// The `index`-th size, or range of sizes, of a format; -EINVAL past the last.
int32_t tp_camera_sizes_at(
    tp_camera *_Nonnull camera, uint32_t fourcc, int32_t index, tp_camera_sizes *_Nonnull sizes);

/// The most frames a second at a size, in thousandths; 0 where the driver does not say.
int32_t tp_camera_fastest_rate(tp_camera *_Nonnull camera, uint32_t fourcc, int32_t width, int32_t height);

/// Asks for a format; `format` then says what the driver chose.
int32_t tp_camera_set_format(tp_camera *_Nonnull camera, tp_camera_format *_Nonnull format);

/// Asks for frames a second; returns what was granted in thousandths, 0 where the driver has no say in it.
int32_t tp_camera_set_rate(tp_camera *_Nonnull camera, int32_t frames_per_second);

/// Sets a control by its V4L2_CID_ number; -EINVAL where the camera has no such control.
int32_t tp_camera_set_control(tp_camera *_Nonnull camera, uint32_t identifier, int32_t value);

/// Asks for `count` mapped buffers and maps them. Returns how many there are.
int32_t tp_camera_map_buffers(tp_camera *_Nonnull camera, int32_t count);
const void *_Nullable tp_camera_buffer_bytes(tp_camera *_Nonnull camera, int32_t index);
size_t tp_camera_buffer_size(tp_camera *_Nonnull camera, int32_t index);

int32_t tp_camera_queue(tp_camera *_Nonnull camera, int32_t index);
/// Takes the oldest filled buffer; -EAGAIN when none is filled.
int32_t tp_camera_dequeue(tp_camera *_Nonnull camera, tp_camera_buffer *_Nonnull buffer);
int32_t tp_camera_stream(tp_camera *_Nonnull camera, int32_t on);

/// Waits until a buffer is filled. 1: filled; 0: time out; -EINTR: a signal came; -EIO: the device reports an error or is
/// gone (ask `tp_camera_identify` which).
int32_t tp_camera_wait(tp_camera *_Nonnull camera, int32_t milliseconds);

#endif
