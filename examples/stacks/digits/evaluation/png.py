"""Pictures without a plotting library, which SageMaker's scikit-learn container does not have."""

import struct
import zlib

import numpy as np

WHITE, BLUE, GREEN, GREY = (255, 255, 255), (31, 84, 153), (46, 125, 83), (120, 120, 120)


def png(pixels):
    """The PNG file of an array of rows, columns and the three colors. Source of the format: RFC 2083."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + row.tobytes() for row in pixels.astype(np.uint8))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(lines, 9)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def blend(shares, color):
    """An array of shares, from 0 (white) to 1 (the color), as colors."""
    return np.array(WHITE) + shares[..., None] * (np.array(color) - WHITE)


def enlarge(pixels, factor):
    """Each pixel as a square."""
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def icons(means):
    """What each digit looks like on average, which labels the axes."""
    shown = [enlarge(blend(mean / mean.max(), GREY), 4) for mean in means]
    return [np.pad(icon, ((4, 4), (4, 4), (0, 0)), constant_values=255) for icon in shown]


def confusion_picture(matrix, means, cell=40):
    """Rows are the digits that were written, columns the digits that were recognized; the darker a field, the more of its row."""
    count = len(matrix)
    picture = np.full(((count + 1) * cell, (count + 1) * cell, 3), 255.0)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    # The square root shows single mistakes, too.
    picture[cell:, cell:] = enlarge(blend(np.sqrt(shares), BLUE), cell)
    for i, icon in enumerate(icons(means), 1):
        picture[i * cell : (i + 1) * cell, :cell] = icon
        picture[:cell, i * cell : (i + 1) * cell] = icon
    return png(picture)


def class_picture(precision, recall, means, cell=40, length=400):
    """For each digit two bars: precision above, recall below. The axis begins at 0 and ends at 1."""
    picture = np.full((len(means) * cell, cell + length, 3), 255.0)
    for i, icon in enumerate(icons(means)):
        top = i * cell
        picture[top : top + cell, :cell] = icon
        for value, color, at in ((precision[i], BLUE, 6), (recall[i], GREEN, 20)):
            picture[top + at : top + at + 12, cell : cell + round(value * length)] = color
    return png(picture)
