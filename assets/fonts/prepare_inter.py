"""Makes the Inter files of this folder from the released ones. Needs fonttools.

    python prepare_inter.py FOLDER_WITH_RELEASED_OTF_FILES

egui has no switch for OpenType features, so the two that the design asks for are made the default by
pointing the character map at their glyphs: figures of equal width (tnum, digits only) and the
one-storey a (cv11). Scripts that Inter does not need here are left out to keep the program small.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

WEIGHTS = {
    "Inter-Regular": "Inter-Regular",
    "Inter-Medium": "Inter-Medium",
    "Inter-SemiBold": "Inter-SemiBold",
    "InterDisplay-SemiBold": "InterDisplay-SemiBold",
}
# Latin with its extensions, Greek, Cyrillic, Vietnamese, punctuation, currency, letterlike, arrows, operators.
RANGES = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F),
    (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF),
    (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x25A0, 0x25FF),
]


def substitutions(font, tag):
    """The one-to-one glyph substitutions of the feature `tag`."""
    table = font["GSUB"].table
    found = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != tag:
            continue
        for index in record.Feature.LookupListIndex:
            for part in table.LookupList.Lookup[index].SubTable:
                found.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    return found


def main(source):
    """Writes every weight beside this script."""
    for released, ours in WEIGHTS.items():
        font = TTFont(source / f"{released}.otf")
        tabular, one_storey = substitutions(font, "tnum"), substitutions(font, "cv11")
        digits = {f"uni003{digit}" for digit in range(10)} | {
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
        }
        for map_ in font["cmap"].tables:
            if not map_.isUnicode():
                continue
            for code, glyph in list(map_.cmap.items()):
                if glyph in digits:
                    map_.cmap[code] = tabular[glyph]
                elif glyph in one_storey:
                    map_.cmap[code] = one_storey[glyph]
        options = subset.Options(layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "calt"], name_IDs=["*"])
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
        cutter.subset(font)
        font.save(Path(__file__).with_name(f"{ours}.otf"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
