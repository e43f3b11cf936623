#!/usr/bin/env python3
"""Makes the bundled fonts from Debian's packages fonts-inter and fonts-noto-color-emoji.

Needs: fonts-inter fonts-noto-color-emoji fonttools python3-pil. Run it in this folder; it overwrites the font files.
Inter is cut down to Latin, Greek, Cyrillic and common symbols. No emoji is dropped from Noto Color Emoji: its
pictures are scaled from 136 to 72 pixels, about twice the largest size they are shown in, with 128 colours each.
"""
import io
import subprocess
from fontTools.ttLib import TTFont
from PIL import Image

INTER = "/usr/share/fonts/opentype/inter/Inter-%s.otf"
EMOJI = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
RANGES = ("U+0020-024F,U+0259,U+02B0-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+2000-206F,"
          "U+2070-209F,U+20A0-20BF,U+2100-214F,U+2190-21FF,U+2200-22FF,U+25A0-25FF,U+FB00-FB04,U+FEFF,U+FFFD")


def inter():
    for weight in ("Regular", "SemiBold", "Bold"):
        subprocess.run(["pyftsubset", INTER % weight, "--unicodes=" + RANGES, "--output-file=Inter-%s.otf" % weight,
                        "--layout-features=kern,mark,mkmk,ccmp,locl", "--desubroutinize"], check=True)


WIDE, SMALL = 136, 72


def scaled(n):
    return round(n * SMALL / WIDE)


def emoji():
    font = TTFont(EMOJI, lazy=False)
    for strike in font["CBLC"].strikes:
        size = strike.bitmapSizeTable
        size.ppemX, size.ppemY = scaled(size.ppemX), scaled(size.ppemY)
        for line in (size.hori, size.vert):
            line.ascender, line.descender = scaled(line.ascender), scaled(line.descender)
            line.widthMax = scaled(line.widthMax)
    for strike in font["CBDT"].strikeData:
        for glyph in strike.values():
            shrink(glyph)
    font.save("NotoColorEmoji.ttf")


def shrink(glyph):
    m = glyph.metrics
    if not glyph.imageData:
        return
    picture = Image.open(io.BytesIO(glyph.imageData)).convert("RGBA")
    m.width, m.height, m.Advance = scaled(m.width), scaled(m.height), scaled(m.Advance)
    m.BearingX, m.BearingY = scaled(m.BearingX), scaled(m.BearingY)
    small = io.BytesIO()
    picture = picture.resize((m.width, m.height), Image.Resampling.LANCZOS)
    picture.quantize(128, method=Image.Quantize.FASTOCTREE).save(small, "PNG", optimize=True)
    glyph.imageData = small.getvalue()


inter()
emoji()
