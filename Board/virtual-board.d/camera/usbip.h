// A USB device in user space: the server's end of USB/IP, with the kernel's virtual host controller (vhci_hcd) as client.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { USBIP_MAXIMUM_DATA = 4096, USBIP_STALL = -32 };

/// What the host asks for on the control endpoint.
typedef struct {
    uint32_t sequence;
    uint8_t type, code;            // bmRequestType, bRequest
    uint16_t value, index, length; // wValue, wIndex, wLength
    uint8_t data[USBIP_MAXIMUM_DATA];
} usbip_control;

/// Plugs the device into the first port of the controller and returns the socket of its traffic, or -1 (errno). A port
/// that has just lost its device is waited for.
int usbip_plug_in(void);

/// Reads what the host has to say: 1 with a control request to be answered, 0 when there was nothing to answer, -1 when
/// the connection has ended.
int usbip_read(int socket, usbip_control *control);

/// Answers a control request with `count` bytes, or with an error (`count` < 0). -1 when the connection has ended.
int usbip_answer(int socket, const usbip_control *control, const void *bytes, int count);

/// The room of the oldest bulk transfer that the host waits for, 0 when it waits for none.
size_t usbip_bulk_room(void);

/// Completes that transfer. -1 when the connection has ended.
int usbip_send_bulk(int socket, const void *bytes, size_t count);
