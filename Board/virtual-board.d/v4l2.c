// What the fault matrix does to a camera from outside of the board program:
//
//     v4l2 now                    the monotonic time in nanoseconds
//     v4l2 set /dev/videoN NAME VALUE    sets a control by its name, and prints the time after
//     v4l2 hold /dev/videoN       streams until it is ended: nobody else can

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static void print_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    printf("%lld\n", time.tv_sec * 1000000000ll + time.tv_nsec);
    fflush(stdout);
}

static int fail(const char *what) {
    fprintf(stderr, "v4l2: %s: %s\n", what, strerror(errno));
    return 1;
}

static int set(int camera, const char *name, int value) {
    const unsigned next = V4L2_CTRL_FLAG_NEXT_CTRL;
    for (struct v4l2_queryctrl found = {.id = next}; ioctl(camera, VIDIOC_QUERYCTRL, &found) == 0; found.id |= next) {
        if (strcmp((const char *)found.name, name) != 0) continue;
        struct v4l2_ext_control one = {.id = found.id, .value = value};
        struct v4l2_ext_controls all = {.which = V4L2_CTRL_WHICH_CUR_VAL, .count = 1, .controls = &one};
        if (ioctl(camera, VIDIOC_S_EXT_CTRLS, &all) < 0) return fail(name);
        print_time();
        return 0;
    }
    fprintf(stderr, "v4l2: no control '%s'\n", name);
    return 1;
}

static int hold(int camera) {
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    struct v4l2_requestbuffers buffers = {.count = 2, .type = (unsigned)type, .memory = V4L2_MEMORY_MMAP};
    if (ioctl(camera, VIDIOC_REQBUFS, &buffers) < 0 || ioctl(camera, VIDIOC_STREAMON, &type) < 0) return fail("hold");
    print_time();
    pause();
    return 0;
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    if (strcmp(what, "now") == 0) {
        print_time();
        return 0;
    }
    int camera = count > 2 ? open(arguments[2], O_RDWR) : -1;
    if (count > 2 && camera < 0) return fail(arguments[2]);
    if (count == 5 && strcmp(what, "set") == 0) return set(camera, arguments[3], atoi(arguments[4]));
    if (count == 3 && strcmp(what, "hold") == 0) return hold(camera);
    fprintf(stderr, "usage: v4l2 now | set CAMERA NAME VALUE | hold CAMERA\n");
    return 2;
}
