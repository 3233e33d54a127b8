"""BLAKE3, written from its specification: hash trees, keyed and derive-key modes, extendable output."""

import struct

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED, CONTEXT, MATERIAL = 1, 2, 4, 8, 16, 32, 64
MASK = 0xFFFFFFFF
MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
         (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def compress(value, words, counter, length, flags):
    """The sixteen output words of one block."""
    v = list(value) + list(IV[:4]) + [counter & MASK, counter >> 32, length, flags]
    m = list(words)
    for round_ in range(7):
        for i, (a, b, c, d) in enumerate(MIXES):
            va, vb, vc, vd = v[a], v[b], v[c], v[d]
            va = (va + vb + m[2 * i]) & MASK
            vd ^= va
            vd = ((vd >> 16) | (vd << 16)) & MASK
            vc = (vc + vd) & MASK
            vb ^= vc
            vb = ((vb >> 12) | (vb << 20)) & MASK
            va = (va + vb + m[2 * i + 1]) & MASK
            vd ^= va
            vd = ((vd >> 8) | (vd << 24)) & MASK
            vc = (vc + vd) & MASK
            vb ^= vc
            vb = ((vb >> 7) | (vb << 25)) & MASK
            v[a], v[b], v[c], v[d] = va, vb, vc, vd
        if round_ < 6:
            m = [m[i] for i in PERMUTATION]
    return [v[i] ^ v[i + 8] for i in range(8)] + [v[i + 8] ^ value[i] for i in range(8)]


def block_words(block):
    return struct.unpack("<16I", block.ljust(64, b"\0"))


class Output:
    """A node whose value or extendable output can be taken."""

    def __init__(self, value, block, length, counter, flags):
        self.value, self.block, self.length = value, block, length
        self.counter, self.flags = counter, flags

    def chaining(self):
        return compress(self.value, self.block, self.counter, self.length, self.flags)[:8]

    def read_block(self, number):
        """64 bytes of the extendable output, from byte 64 * number."""
        return struct.pack("<16I", *compress(self.value, self.block, number, self.length, self.flags | ROOT))

    def read(self, start, count):
        first, last = start // 64, (start + count + 63) // 64
        out = b"".join(self.read_block(number) for number in range(first, last))
        return out[start - 64 * first:start - 64 * first + count]


def chunk(key, data, counter, flags):
    value = key
    blocks = [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
    for at, block in enumerate(blocks[:-1]):
        start = CHUNK_START if at == 0 else 0
        value = compress(value, block_words(block), counter, 64, flags | start)[:8]
    start = CHUNK_START if len(blocks) == 1 else 0
    last = blocks[-1]
    return Output(value, block_words(last), len(last), counter, flags | start | CHUNK_END)


def tree(key, data, counter, flags):
    if len(data) <= 1024:
        return chunk(key, data, counter, flags)
    chunks = (len(data) + 1023) // 1024
    left = 1 << ((chunks - 1).bit_length() - 1)
    one = tree(key, data[:left * 1024], counter, flags).chaining()
    two = tree(key, data[left * 1024:], counter + left, flags).chaining()
    return Output(key, one + two, 64, 0, flags | PARENT)


def keyed(key, data):
    return tree(struct.unpack("<8I", key), data, 0, KEYED)


def derive(context, material):
    key = struct.unpack("<8I", tree(IV, context.encode(), 0, CONTEXT).read(0, 32))
    return tree(key, material, 0, MATERIAL)


def plain(data):
    return tree(IV, data, 0, 0)
