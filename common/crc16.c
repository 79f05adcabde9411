/* crc16: polynomial 0x1021, start 0, nothing reflected: what Redis Cluster hashes keys with. By half a byte:
 * ids are short, and sixteen constants can be checked by eye. */
#include "earshot/deployment.h"

uint16_t crc16_xmodem(struct span bytes) {
    static const uint16_t HALF[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
                                      0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef};
    unsigned crc = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned byte = (unsigned char)bytes.ptr[i];
        crc = (crc << 4 ^ HALF[(crc >> 12 ^ byte >> 4) & 15]) & 0xffff;
        crc = (crc << 4 ^ HALF[(crc >> 12 ^ byte) & 15]) & 0xffff;
    }
    return (uint16_t)crc;
}
