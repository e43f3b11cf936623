#!/usr/bin/env python3
"""Makes the icons: line drawings of 24 by 24, written as filled outlines because the renderer does not scale strokes.

Needs: fonttools python3-shapely. Run it in this folder; it overwrites the SVG files.
"""
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from shapely.geometry import LineString
from shapely.geometry.polygon import orient
from shapely.ops import unary_union

SHIELD = "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z"
DOT = "M%s %sv.01"

HANDSET = "M6.5 4h2.2l1.6 4.2-2 1.6a12 12 0 0 0 5.9 5.9l1.6-2 4.2 1.6v2.2a2.5 2.5 0 0 1-2.7 2.5A16.5 16.5 0 0 1 4 6.7 2.5 2.5 0 0 1 6.5 4z"


def circle(x, y, r):
    return "M%g %ga%g %g 0 1 0 %g 0a%g %g 0 1 0 %g 0z" % (x - r, y, r, r, 2 * r, r, r, -2 * r)


ICONS = {
    "back": "M15 5l-7 7 7 7",
    "plus": "M12 5v14M5 12h14",
    "menu": circle(12, 5, .6) + circle(12, 12, .6) + circle(12, 19, .6),
    "search": circle(11, 11, 6) + "M20 20l-4.5-4.5",
    "send": "M4.5 11.5L20 4l-5.5 16-3.5-6.5zM11 13.5L20 4",
    "lock": "M7 11h10a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-10a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM8 11V8a4 4 0 0 1 8 0v3",
    "shield": SHIELD,
    "shield-check": SHIELD + "M8.5 12l2.5 2.5 4.5-5",
    "shield-alert": SHIELD + "M12 8v4.5" + DOT % (12, 16),
    "tick": "M5 12.5l4.5 5L19 7",
    "ticks": "M2 12.5l4.5 5L15.5 7M11.5 16.5l1 1L22 7",
    "clock": circle(12, 12, 8.5) + "M12 7v5l3.5 2",
    "failed": circle(12, 12, 9) + "M12 7.5v5" + DOT % (12, 16),
    "retry": "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.3M20 4.5v4.8h-4.8",
    "copy": "M11 9h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2z"
            "M15 5.5A1.5 1.5 0 0 0 13.5 4h-8A1.5 1.5 0 0 0 4 5.5v8A1.5 1.5 0 0 0 5.5 15",
    "info": circle(12, 12, 9) + "M12 11v5.5" + DOT % (12, 7.7),
    "close": "M6 6l12 12M18 6L6 18",
    "attach": "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a2 2 0 0 1-3-3L14 7",
    "emoji": circle(12, 12, 9) + "M8 14s1.5 2 4 2 4-2 4-2" + DOT % (9, 9) + DOT % (15, 9),
    "settings": "M4 7h9.5M18.5 7h1.5M4 17h1.5M10.5 17h9.5" + circle(16, 7, 2.5) + circle(8, 17, 2.5),
    "pin": "M9 4h6M10 4v6l-3.5 4h11L14 10V4M12 14v6.5",
    "person": circle(12, 8, 4) + "M4.5 20c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.7 7.5 5.5",
    "check": "M5 12.5l4.5 5L19 7",
    "chevron-down": "M6 9.5l6 6 6-6",
    "chevron-right": "M9.5 6l6 6-6 6",
    "arrow-down": "M12 5v14M5.5 12.5L12 19l6.5-6.5",
    "offline": "M4 4l16 16M8.5 12.8a5.5 5.5 0 0 1 3.5-1.3M5 9.3a10.5 10.5 0 0 1 3.2-1.9"
               "M12.5 6.5a10.5 10.5 0 0 1 6.5 2.8" + DOT % (12, 17.5),
    "key": circle(8, 15, 4) + "M11 12l8.5-8.5M16 7l3 3",
    "trash": "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5",
    "phone": HANDSET,
    "phone-in": HANDSET + "M20 4l-5.5 5.5M14.5 5v4.5H19",
    "phone-out": HANDSET + "M14.5 9.5L20 4M15.5 4H20v4.5",
    "phone-missed": HANDSET + "M15 4l5 5M20 4l-5 5",
    "hang-up": "M2.8 14.4v-1.7C5 10.4 8.3 9.2 12 9.2s7 1.2 9.2 3.5v1.7a1.3 1.3 0 0 1-1.6 1.2l-2.9-.7a1.3 1.3 0 0 1-1-1.2v-1.6"
               "a13 13 0 0 0-7.4 0v1.6a1.3 1.3 0 0 1-1 1.2l-2.9.7a1.3 1.3 0 0 1-1.6-1.2z",
    "video": "M5 6.5h8.5a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-8.5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM15.5 11l5.5-3.5v9L15.5 13",
    "video-off": "M3.5 4l16 16M9 6.5h4.5a2 2 0 0 1 2 2v4.3M15.5 11l5.5-3.5v9l-2.6-1.6"
                 "M15.2 16.6a2 2 0 0 1-1.7.9h-8.5a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2h.6",
    "mic": "M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v3",
    "mic-off": "M4 4l16 16M9 9.4v2.1a3 3 0 0 0 4.6 2.5M15 10.3V6.5a3 3 0 0 0-5.7-1.2M5.5 11a6.5 6.5 0 0 0 10.2 5.3"
               "M18.5 11a6.5 6.5 0 0 1-.6 2.6M12 17.5v3",
    "screen": "M4.5 4.5h15a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-15a1.5 1.5 0 0 1-1.5-1.5v-9a1.5 1.5 0 0 1 1.5-1.5z"
              "M8.5 20h7M12 13.5V8M9.5 10l2.5-2.5 2.5 2.5",
    "speaker": "M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9.3a4 4 0 0 1 0 5.4M18 6.8a7.7 7.7 0 0 1 0 10.4",
    "mini": "M4.5 5h15a1.5 1.5 0 0 1 1.5 1.5v11a1.5 1.5 0 0 1-1.5 1.5h-15a1.5 1.5 0 0 1-1.5-1.5v-11a1.5 1.5 0 0 1 1.5-1.5z"
            "M13 12.5h4.5v3H13z",
    "expand": "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7",
    "bubble": "M5.5 5h13a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 3.5V17h-2A2.5 2.5 0 0 1 3 14.5v-7A2.5 2.5 0 0 1 5.5 5z",
    "network": "M4.5 10a10.6 10.6 0 0 1 15 0M8 13.6a5.7 5.7 0 0 1 8 0" + DOT % (12, 17.3),
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" + circle(12, 12, 3),
    "eye-off": "M4 4l16 16M10 5.7a9 9 0 0 1 2-.2c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.8 3.5"
               "M6.5 7.3A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.3-1.1M10 10a3 3 0 0 0 4 4",
}
WIDTH = {"tick": 2.4, "ticks": 2.2, "clock": 2.2, "failed": 2.1, "lock": 2.1, "search": 2, "shield-alert": 2.1}


class Flat(BasePen):
    """Collects a path as lists of points."""

    def __init__(self):
        super().__init__(None)
        self.lines = []

    def _moveTo(self, p):
        self.lines.append([p])

    def _lineTo(self, p):
        self.lines[-1].append(p)

    def _curveToOne(self, a, b, c):
        p = self.lines[-1][-1]
        for i in range(1, 13):
            t = i / 12
            k = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3)
            self.lines[-1].append(tuple(sum(w * q[n] for w, q in zip(k, (p, a, b, c))) for n in (0, 1)))

    def _closePath(self):
        self.lines[-1].append(self.lines[-1][0])


def outline(path, width):
    pen = Flat()
    parse_path(path, pen)
    shape = unary_union([LineString(l).buffer(width / 2, resolution=6) for l in pen.lines]).simplify(.01)
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    out = ""
    for part in parts:
        part = orient(part)
        for ring in [part.exterior, *part.interiors]:
            points = ["%g %g" % (round(x, 2), round(y, 2)) for x, y in ring.coords[:-1]]
            out += "M" + "L".join(points) + "z"
    return out


def svg(body):
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">%s</svg>\n' % body)


for name, path in ICONS.items():
    with open(name + ".svg", "w") as f:
        f.write(svg('<path d="%s" fill="#000000"/>' % outline(path, WIDTH.get(name, 1.8))))
with open("kith.svg", "w") as f:
    letter = outline("M8.3 5.4v13.2M15.4 10.2l-6.4 4.6M11.3 13.3l4.5 5.3", 2.7)
    f.write(svg('<rect x="0" y="0" width="24" height="24" rx="6.75" ry="6.75" fill="#0E7490"/>'
                '<path d="%s" fill="#FFFFFF"/>' % letter))
