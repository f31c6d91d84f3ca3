#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Draws page.pgm, which lies beside it: three lines of text, the last one on its head.

Needs Pillow and Debian's fonts-dejavu-core; only to draw the page anew.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIZE, INK, PAPER = (352, 160), 20, 240
LINES = (("Hello, plugins!", 8, 28), ("Engine No. 1048576", 58, 24), ("upside down", 110, 28))


def main():
    page = Image.new("L", SIZE, PAPER)
    for text, top, height in LINES:
        line = Image.new("L", (SIZE[0], 42), PAPER)
        ImageDraw.Draw(line).text((16, 2), text, fill=INK, font=ImageFont.truetype(FONT, height))
        if text == LINES[-1][0]:
            line = line.rotate(180)
        page.paste(line, (0, top))
    path = Path(__file__).with_name("page.pgm")
    page.save(path)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
