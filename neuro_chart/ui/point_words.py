"""What the list of needles says of the point at a needle."""

from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Site


class PointWords:
    """The name of each needle's place, and what to mind there."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._described: dict[Site, str] = {}  # slow to find, and the same for good

    def name(self, needle: Needle) -> tuple[str, str]:
        """The point's code and its names; of a needle at no point the words for its place."""
        if needle.point in self._library.catalogue:
            point = self._library.catalogue[needle.point]
            return point.code, f"{point.hanzi} {point.pinyin}"
        if needle.site not in self._described:
            self._described[needle.site] = self._library.atlas.describe(needle.site)
        return needle.point, self._described[needle.site]

    def caution(self, needle: Needle) -> tuple[str, str]:
        """What to mind at a needle's point, and the sources of it."""
        catalogue = self._library.catalogue
        cautions = catalogue[needle.point].cautions if needle.point in catalogue else ()
        return " ".join(each.text for each in cautions), "\n".join(dict.fromkeys(catalogue.sources[each.source] for each in cautions))
