// A USB camera that can be pulled out and misbehaves on request:
//
//     uvc-camera OTHER-SIZE.jpg PICTURE.jpg …
//
// plugs itself into the kernel's virtual host controller and sends the pictures in turn, at the rate that the host asks
// for. Lines on the standard input, `KIND COUNT`, say what the next frames are like (pictures.h lists the kinds; `stalled`
// counts frames not sent); sound ones follow. Each such episode is told on the standard output, with the monotonic time
// of its last frame. It ends when the host unplugs it.

#include "pictures.h"
#include "uvc.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 2 };

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static struct {
    picture_kind kind;
    int left;  // frames of this kind still to come
    int count; // of all of them
} episode;

/// The frame being sent, in payloads with a header each.
static struct {
    const uint8_t *bytes;
    size_t count, sent;
    int is_on_its_way;
    uint8_t parity; // flips from frame to frame
    int64_t due;
    int64_t total;
} frame;

static void read_order(void) {
    char line[64], name[32];
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    if (length <= 0) return;
    line[length] = 0;
    int count;
    if (sscanf(line, "%31s %d", name, &count) != 2 || picture_named(name) == KINDS) {
        fprintf(stderr, "not an order: %s", line);
        return;
    }
    episode.kind = picture_named(name);
    episode.left = episode.count = count;
}

static void begin_frame(void) {
    picture_kind kind = SOUND;
    if (episode.left > 0) {
        kind = episode.kind;
        if (--episode.left == 0)
            printf("{\"kind\":\"%s\",\"frames\":%d,\"at_ns\":%lld}\n", picture_name(kind), episode.count, (long long)now());
    }
    frame.bytes = picture_next(kind, &frame.count);
    frame.sent = 0;
    frame.is_on_its_way = frame.count > 0;
    frame.due += uvc_frame_interval();
    if (frame.due < now()) frame.due = now();
}

static int send_payload(int socket) {
    static uint8_t payload[UVC_MAXIMUM_PAYLOAD];
    enum { END_OF_HEADER = 0x80, END_OF_FRAME = 2 };
    size_t room = usbip_bulk_room();
    if (room > sizeof payload) room = sizeof payload;
    size_t count = frame.count - frame.sent;
    if (count > room - HEADER) count = room - HEADER;
    int is_last = frame.sent + count == frame.count;

    payload[0] = HEADER;
    payload[1] = (uint8_t)(END_OF_HEADER | frame.parity | (is_last ? END_OF_FRAME : 0));
    memcpy(payload + HEADER, frame.bytes + frame.sent, count);
    frame.sent += count;
    if (is_last) {
        frame.is_on_its_way = 0;
        frame.parity ^= 1;
        frame.total++;
    }
    return usbip_send_bulk(socket, payload, HEADER + count);
}

/// Milliseconds until there is something to send.
static int patience(void) {
    if (usbip_bulk_room() <= HEADER) return 1000;
    if (frame.is_on_its_way) return 0;
    int64_t time = frame.due - now();
    return time <= 0 ? 0 : (int)(time / 1000000) + 1;
}

static int serve(int socket) {
    static usbip_control control;
    uint8_t answer[256];
    int streams = uvc_streams_started();
    switch (usbip_read(socket, &control)) {
    case 0: return 0;
    case 1: break;
    default: return -1;
    }
    int count = uvc_answer(&control, answer);
    if (uvc_streams_started() != streams) {
        frame.is_on_its_way = 0;
        frame.due = now();
    }
    return usbip_answer(socket, &control, answer, count);
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: uvc-camera OTHER-SIZE.jpg PICTURE.jpg …\n");
        return 2;
    }
    for (int i = 1; i < count; i++)
        if (picture_load(arguments[i]) < 0) return 2;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    int orders = fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) < 0 ? -1 : STDIN_FILENO;

    int socket = usbip_plug_in();
    if (socket < 0) {
        perror("no port of the virtual host controller");
        return 1;
    }
    printf("{\"plugged_in\":true,\"at_ns\":%lld}\n", (long long)now());

    for (int error = 0; error == 0;) {
        struct pollfd waiting[] = {{.fd = socket, .events = POLLIN}, {.fd = orders, .events = POLLIN}};
        if (poll(waiting, 2, patience()) < 0) break;
        if (waiting[1].revents & POLLIN) read_order();
        if (waiting[0].revents) {
            error = serve(socket);
        } else if (usbip_bulk_room() > HEADER) {
            if (!frame.is_on_its_way && now() >= frame.due) begin_frame();
            if (frame.is_on_its_way) error = send_payload(socket);
        }
    }
    printf("{\"plugged_in\":false,\"frames\":%lld,\"at_ns\":%lld}\n", (long long)frame.total, (long long)now());
    return 0;
}
