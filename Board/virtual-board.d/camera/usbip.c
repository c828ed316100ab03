#include "usbip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Documentation/usb/usbip_protocol.rst of the kernel; all numbers are big-endian.
enum { SUBMIT = 1, UNLINK = 2, SUBMIT_ANSWER = 3, UNLINK_ANSWER = 4 };

typedef struct {
    uint32_t command, sequence, device, is_in, endpoint;
    union {
        struct {
            uint32_t flags, length, start_frame, packets, interval;
            uint8_t type, code, value[2], index[2], setup_length[2];
        } submit;
        struct {
            uint32_t status, length, start_frame, packets, errors, padding[2];
        } answer;
        uint32_t unlinked;
    };
} message;
_Static_assert(sizeof(message) == 48, "the layout of the protocol");

enum { MAXIMUM_BULK = 64, HIGH_SPEED = 3 };
static struct {
    uint32_t sequence, length;
} bulk[MAXIMUM_BULK]; // transfers that the host waits for, oldest first
static int bulk_count;

static int read_all(int socket, void *bytes, size_t count) {
    for (uint8_t *next = bytes; count > 0;) {
        ssize_t step = read(socket, next, count);
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) return -1;
        next += step;
        count -= (size_t)step;
    }
    return 0;
}

static int write_all(int socket, const void *bytes, size_t count) {
    for (const uint8_t *next = bytes; count > 0;) {
        ssize_t step = write(socket, next, count);
        if (step < 0 && errno == EINTR) continue;
        if (step <= 0) return -1;
        next += step;
        count -= (size_t)step;
    }
    return 0;
}

static int attach(int socket) {
    char line[64];
    int length = snprintf(line, sizeof line, "0 %d %d %d", socket, 1 << 16 | 1, HIGH_SPEED);
    int control = open("/sys/devices/platform/vhci_hcd.0/attach", O_WRONLY);
    if (control < 0) return -1;
    ssize_t written = write(control, line, (size_t)length);
    close(control);
    return written < 0 ? -1 : 0;
}

int usbip_plug_in(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return -1;
    int error = -1;
    for (int attempt = 0; attempt < 100 && error < 0; attempt++) {
        if (attempt > 0) nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        error = attach(ends[1]);
    }
    close(ends[1]);
    return error < 0 ? -1 : ends[0];
}

static int unlink_bulk(int socket, const message *request) {
    int status = 0;
    for (int i = 0; i < bulk_count; i++) {
        if (bulk[i].sequence != ntohl(request->unlinked)) continue;
        memmove(bulk + i, bulk + i + 1, (size_t)(--bulk_count - i) * sizeof *bulk);
        status = -ECONNRESET;
        break;
    }
    message answer = {.command = htonl(UNLINK_ANSWER), .sequence = request->sequence};
    answer.answer.status = htonl((uint32_t)status);
    return write_all(socket, &answer, sizeof answer);
}

static uint16_t little_endian(const uint8_t bytes[2]) {
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

int usbip_read(int socket, usbip_control *control) {
    message request;
    if (read_all(socket, &request, sizeof request) < 0) return -1;
    if (ntohl(request.command) == UNLINK) return unlink_bulk(socket, &request);

    uint32_t length = ntohl(request.submit.length), is_in = ntohl(request.is_in);
    if (!is_in && length > 0) {
        if (length > sizeof control->data || read_all(socket, control->data, length) < 0) return -1;
    }
    if (request.endpoint != 0) {
        if (bulk_count == MAXIMUM_BULK) return -1;
        bulk[bulk_count].sequence = ntohl(request.sequence);
        bulk[bulk_count++].length = length;
        return 0;
    }
    control->sequence = ntohl(request.sequence);
    control->type = request.submit.type;
    control->code = request.submit.code;
    control->value = little_endian(request.submit.value);
    control->index = little_endian(request.submit.index);
    control->length = little_endian(request.submit.setup_length);
    return 1;
}

static int answer(int socket, uint32_t sequence, int status, uint32_t length, const void *bytes, size_t count) {
    message answer = {.command = htonl(SUBMIT_ANSWER), .sequence = htonl(sequence)};
    answer.answer.status = htonl((uint32_t)status);
    answer.answer.length = htonl(length);
    if (write_all(socket, &answer, sizeof answer) < 0) return -1;
    return write_all(socket, bytes, count);
}

int usbip_answer(int socket, const usbip_control *control, const void *bytes, int count) {
    if (count < 0) return answer(socket, control->sequence, count, 0, NULL, 0);
    int is_in = control->type & 0x80;
    if (!is_in) return answer(socket, control->sequence, 0, control->length, NULL, 0);
    if (count > control->length) count = control->length;
    return answer(socket, control->sequence, 0, (uint32_t)count, bytes, (size_t)count);
}

size_t usbip_bulk_room(void) {
    return bulk_count > 0 ? bulk[0].length : 0;
}

int usbip_send_bulk(int socket, const void *bytes, size_t count) {
    uint32_t sequence = bulk[0].sequence;
    memmove(bulk, bulk + 1, (size_t)--bulk_count * sizeof *bulk);
    return answer(socket, sequence, 0, (uint32_t)count, bytes, count);
}
