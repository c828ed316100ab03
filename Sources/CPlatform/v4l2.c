#include "tp_v4l2.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAXIMUM_BUFFERS 8

// The calls that libv4l2 replaces when it stands between program and driver.
typedef struct calls {
    int (*control)(int descriptor, unsigned long request, ...);
    void *(*map)(void *address, size_t size, int protection, int flags, int descriptor, int64_t offset);
    int (*unmap)(void *address, size_t size);
    int (*close)(int descriptor);
} calls;

struct tp_camera {
    int descriptor;
    calls calls;
    int32_t buffer_count;
    struct {
        void *bytes;
        size_t size;
    } buffers[MAXIMUM_BUFFERS];
};

// The type of ioctl's request is libc's own business: unsigned long in glibc, int in musl.
static int control_directly(int descriptor, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return ioctl(descriptor, request, argument);
}

static void *map_directly(void *address, size_t size, int protection, int flags, int descriptor, int64_t offset) {
    return mmap(address, size, protection, flags, descriptor, (off_t)offset);
}

// Weak: a static program has no dynamic loader and finds NULL here.
extern void *dlopen(const char *, int) __attribute__((weak));
extern void *dlsym(void *, const char *) __attribute__((weak));

static int32_t load_libv4l2(int descriptor, calls *into) {
    if (!dlopen || !dlsym) return -ENOSYS;
    void *library = dlopen("libv4l2.so.0", RTLD_NOW);
    if (!library) return -ENOSYS;
    int (*open_descriptor)(int, int) = (int (*)(int, int))dlsym(library, "v4l2_fd_open");
    into->control = (int (*)(int, unsigned long, ...))dlsym(library, "v4l2_ioctl");
    into->map = (void *(*)(void *, size_t, int, int, int, int64_t))dlsym(library, "v4l2_mmap");
    into->unmap = (int (*)(void *, size_t))dlsym(library, "v4l2_munmap");
    into->close = (int (*)(int))dlsym(library, "v4l2_close");
    if (!open_descriptor || !into->control || !into->map || !into->unmap || !into->close) return -ENOSYS;
    return open_descriptor(descriptor, 0) < 0 ? -errno : 0;
}

static int32_t control(tp_camera *camera, unsigned long request, void *argument) {
    int result;
    do {
        result = camera->calls.control(camera->descriptor, request, argument);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

int32_t tp_camera_open(const char *path, int32_t convert, tp_camera **camera) {
    *camera = NULL;
    int descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    tp_camera *opened = calloc(1, sizeof *opened);
    if (!opened) {
        close(descriptor);
        return -ENOMEM;
    }
    opened->descriptor = descriptor;
    opened->calls = (calls){control_directly, map_directly, munmap, close};
    if (convert) {
        int32_t error = load_libv4l2(descriptor, &opened->calls);
        if (error < 0) {
            close(descriptor);
            free(opened);
            return error;
        }
    }
    *camera = opened;
    return 0;
}

static void unmap_buffers(tp_camera *camera) {
    for (int32_t i = 0; i < camera->buffer_count; i++) {
        camera->calls.unmap(camera->buffers[i].bytes, camera->buffers[i].size);
    }
    camera->buffer_count = 0;
}

void tp_camera_close(tp_camera *camera) {
    if (!camera) return;
    unmap_buffers(camera);
    camera->calls.close(camera->descriptor);
    free(camera);
}

int32_t tp_camera_identify(tp_camera *camera, tp_camera_identity *identity) {
    struct v4l2_capability capability = {0};
    int32_t error = control(camera, VIDIOC_QUERYCAP, &capability);
    if (error < 0) return error;
    memcpy(identity->driver, capability.driver, sizeof identity->driver);
    memcpy(identity->card, capability.card, sizeof identity->card);
    memcpy(identity->bus, capability.bus_info, sizeof identity->bus);
    identity->driver[15] = identity->card[31] = identity->bus[31] = 0;
    uint32_t has = capability.capabilities & V4L2_CAP_DEVICE_CAPS ? capability.device_caps : capability.capabilities;
    return has & V4L2_CAP_VIDEO_CAPTURE && has & V4L2_CAP_STREAMING ? 0 : -EOPNOTSUPP;
}

int32_t tp_camera_has_signal(tp_camera *camera) {
    int index;
    int32_t error = control(camera, VIDIOC_G_INPUT, &index);
    if (error < 0) return error;
    struct v4l2_input input = {.index = (uint32_t)index};
    error = control(camera, VIDIOC_ENUMINPUT, &input);
    if (error < 0) return error;
    return !(input.status & (V4L2_IN_ST_NO_POWER | V4L2_IN_ST_NO_SIGNAL));
}

int32_t tp_camera_format_at(tp_camera *camera, int32_t index, uint32_t *fourcc) {
    struct v4l2_fmtdesc description = {.index = (uint32_t)index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    int32_t error = control(camera, VIDIOC_ENUM_FMT, &description);
    if (error == 0) *fourcc = description.pixelformat;
    return error;
}

int32_t tp_camera_sizes_at(tp_camera *camera, uint32_t fourcc, int32_t index, tp_camera_sizes *sizes) {
    struct v4l2_frmsizeenum answer = {.index = (uint32_t)index, .pixel_format = fourcc};
    int32_t error = control(camera, VIDIOC_ENUM_FRAMESIZES, &answer);
    if (error < 0) return error;
    if (answer.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
        int32_t width = (int32_t)answer.discrete.width, height = (int32_t)answer.discrete.height;
        *sizes = (tp_camera_sizes){width, width, 1, height, height, 1};
        return 0;
    }
    if (index > 0) return -EINVAL;
    const struct v4l2_frmsize_stepwise *range = &answer.stepwise;
    *sizes = (tp_camera_sizes){
        (int32_t)range->min_width, (int32_t)range->max_width, (int32_t)range->step_width,
        (int32_t)range->min_height, (int32_t)range->max_height, (int32_t)range->step_height};
    return 0;
}

int32_t tp_camera_fastest_rate(tp_camera *camera, uint32_t fourcc, int32_t width, int32_t height) {
    uint64_t fastest = 0;
    for (uint32_t index = 0; index < 256; index++) {
        struct v4l2_frmivalenum answer = {
            .index = index, .pixel_format = fourcc, .width = (uint32_t)width, .height = (uint32_t)height};
        if (control(camera, VIDIOC_ENUM_FRAMEINTERVALS, &answer) < 0) break;
        int discrete = answer.type == V4L2_FRMIVAL_TYPE_DISCRETE;
        struct v4l2_fract shortest = discrete ? answer.discrete : answer.stepwise.min;
        uint64_t rate = shortest.numerator ? 1000ull * shortest.denominator / shortest.numerator : 0;
        if (rate > fastest) fastest = rate;
        if (!discrete) break;
    }
    return fastest < INT32_MAX ? (int32_t)fastest : INT32_MAX;
}

int32_t tp_camera_set_control(tp_camera *camera, uint32_t identifier, int32_t value) {
    struct v4l2_ext_control one = {.id = identifier, .value = value};
    struct v4l2_ext_controls all = {.which = V4L2_CTRL_ID2WHICH(identifier), .count = 1, .controls = &one};
    return control(camera, VIDIOC_S_EXT_CTRLS, &all);
}

int32_t tp_camera_set_format(tp_camera *camera, tp_camera_format *format) {
    struct v4l2_format wish = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    wish.fmt.pix.width = (uint32_t)format->width;
    wish.fmt.pix.height = (uint32_t)format->height;
    wish.fmt.pix.pixelformat = format->fourcc;
    wish.fmt.pix.field = V4L2_FIELD_NONE;
    int32_t error = control(camera, VIDIOC_S_FMT, &wish);
    if (error < 0) return error;
    format->fourcc = wish.fmt.pix.pixelformat;
    format->width = (int32_t)wish.fmt.pix.width;
    format->height = (int32_t)wish.fmt.pix.height;
    format->stride = (int32_t)wish.fmt.pix.bytesperline;
    format->byte_count = wish.fmt.pix.sizeimage;
    return 0;
}

int32_t tp_camera_set_rate(tp_camera *camera, int32_t frames_per_second) {
    struct v4l2_streamparm parameters = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    parameters.parm.capture.timeperframe = (struct v4l2_fract){1, (uint32_t)frames_per_second};
    int32_t error = control(camera, VIDIOC_S_PARM, &parameters);
    if (error == -ENOTTY || error == -EINVAL) return 0;
    if (error < 0) return error;
    struct v4l2_fract granted = parameters.parm.capture.timeperframe;
    return granted.numerator ? (int32_t)(1000ull * granted.denominator / granted.numerator) : 0;
}

int32_t tp_camera_map_buffers(tp_camera *camera, int32_t count) {
    struct v4l2_requestbuffers request = {
        .count = (uint32_t)(count < MAXIMUM_BUFFERS ? count : MAXIMUM_BUFFERS),
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_MMAP,
    };
    unmap_buffers(camera);
    int32_t error = control(camera, VIDIOC_REQBUFS, &request);
    if (error < 0) return error;
    for (uint32_t i = 0; i < request.count && i < MAXIMUM_BUFFERS; i++) {
        struct v4l2_buffer buffer = {.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        error = control(camera, VIDIOC_QUERYBUF, &buffer);
        if (error < 0) return error;
        void *bytes = camera->calls.map(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, camera->descriptor,
                                        buffer.m.offset);
        if (bytes == MAP_FAILED) return -errno;
        camera->buffers[i].bytes = bytes;
        camera->buffers[i].size = buffer.length;
        camera->buffer_count = (int32_t)i + 1;
    }
    return camera->buffer_count;
}

const void *tp_camera_buffer_bytes(tp_camera *camera, int32_t index) {
    return index >= 0 && index < camera->buffer_count ? camera->buffers[index].bytes : NULL;
}

size_t tp_camera_buffer_size(tp_camera *camera, int32_t index) {
    return index >= 0 && index < camera->buffer_count ? camera->buffers[index].size : 0;
}

int32_t tp_camera_queue(tp_camera *camera, int32_t index) {
    struct v4l2_buffer buffer = {
        .index = (uint32_t)index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    return control(camera, VIDIOC_QBUF, &buffer);
}

int32_t tp_camera_dequeue(tp_camera *camera, tp_camera_buffer *filled) {
    struct v4l2_buffer buffer = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    int32_t error = control(camera, VIDIOC_DQBUF, &buffer);
    if (error < 0) return error;
    filled->index = (int32_t)buffer.index;
    filled->sequence = buffer.sequence;
    filled->byte_count = buffer.bytesused;
    // Unsigned: a driver may give any number.
    filled->nanoseconds =
        (int64_t)((uint64_t)buffer.timestamp.tv_sec * 1000000000u + (uint64_t)buffer.timestamp.tv_usec * 1000u);
    uint32_t clock = buffer.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK;
    filled->flags = (buffer.flags & V4L2_BUF_FLAG_ERROR ? TP_BUFFER_ERROR : 0u)
        | (clock == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC ? TP_BUFFER_MONOTONIC : 0u);
    return 0;
}

int32_t tp_camera_stream(tp_camera *camera, int32_t on) {
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return control(camera, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type);
}

int32_t tp_camera_wait(tp_camera *camera, int32_t milliseconds) {
    struct pollfd waiting = {.fd = camera->descriptor, .events = POLLIN};
    int ready = poll(&waiting, 1, milliseconds);
    if (ready < 0) return -errno;
    if (ready == 0) return 0;
    return waiting.revents & POLLIN ? 1 : -EIO;
}
