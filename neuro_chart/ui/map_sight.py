"""What a sheet of the body map shows where: needles, points, skin and landmarks under a pixel of the widget."""

from collections.abc import Sequence
from math import dist
from typing import NamedTuple

from PySide6.QtCore import QPointF

from neuro_chart.clinic.body import EDGE, Atlas, View
from neuro_chart.clinic.needles import Needle, Site
from neuro_chart.ui.map_labels import nearest
from neuro_chart.ui.map_layout import Camera, Panel
from neuro_chart.ui.map_picture import Picture

HIT, SNAP, TOUCH_SNAP = 11.0, 14.0, 26.0
STRAY = 0.1  # dm: a needle that is moved farther from its point bears its name no more


class Place(NamedTuple):
    """A place on the skin in one panel, in the sheet's decimetres."""

    panel: int
    x: float
    y: float


class Seen(NamedTuple):
    """A needle where one panel shows it, in pixels of the widget."""

    needle: Needle
    panel: int
    x: float
    y: float


class Target(NamedTuple):
    """A place under the hand, in pixels of the widget: on a point if `code` says so.

    area: what lies there of the fields that are shown; stage: of the needle there, in words.
    """

    site: Site
    code: str
    x: float
    y: float
    panel: int = 0
    area: str = ""
    stage: str = ""


class Sight:
    """What a camera sees of the panels of a sheet."""

    def __init__(self, atlas: Atlas, picture: Picture, camera: Camera) -> None:
        self._atlas, self._picture, self._camera = atlas, picture, camera
        self.panels: Sequence[Panel] = []
        self._places: dict[tuple[Site, str], list[Place]] = {}

    def arrange(self, panels: Sequence[Panel]) -> None:
        """Look at these panels from now on."""
        self.panels = panels
        self._places.clear()

    def places(self, site: Site, code: str = "") -> Sequence[Place]:
        """A place in each panel that shows it; in those where the figure fades only if no other does."""
        key = site, code
        if key not in self._places:
            found = [
                (index, panel, place)
                for index, panel in enumerate(self.panels)
                if (place := panel.view.place_of(site)) and panel.crop.holds(*place) and not self._is_beneath(panel.view, site, code)
            ]
            clear = [each for each in found if self._picture.shows(each[1], *each[2])]
            self._places[key] = [Place(index, *panel.to_sheet(*place)) for index, panel, place in clear or found]
        return self._places[key]

    def _is_beneath(self, view: View, site: Site, code: str) -> bool:
        """Whether a whole body catches but an edge of the sole that a place is on: it would seem to be on the heel."""
        if view.group != "Body" or view.facing(site) > EDGE:
            return False
        best = self._atlas.best_view(site, code)
        return best is not None and best.name.startswith("foot-sole")

    def target_at(self, place: QPointF, snap: float = SNAP, field: str = "") -> Target | None:
        """The point near a place of the widget, else the skin there, else nothing; with the area there of a kind of field."""
        x, y = self._camera.to_sheet(place.x(), place.y())
        for index, panel in enumerate(self.panels):
            if panel.box.holds(x, y):
                vx, vy = panel.to_view(x, y)
                area = self._picture.overlays.area_at(panel.view, field, vx, vy) if field else ""
                found = self._atlas.nearest_point(panel.view, vx, vy, snap / self._camera.zoom * panel.scale) if snap else None
                if found is not None:
                    site = self._atlas.point_sites(found[0])[found[1]]
                    place_of = panel.view.place_of(site) or (vx, vy)
                    return Target(site, found[0], *self._camera.to_widget(*panel.to_sheet(*place_of)), index, area)
                site_here = panel.view.site_at(vx, vy)
                return None if site_here is None else Target(site_here, "", place.x(), place.y(), index, area)
        return None

    def shifted(
        self, needles: Sequence[Needle], dx: float, dy: float, panel: int = -1, *, on_skin: bool = False
    ) -> tuple[tuple[Needle, Target], ...]:
        """Where needles in sight come to lie when they all move by decimetres of the sheet, or of the skin; none if one would leave it.

        Each moves as this panel sees it, or else the one that looks at it most squarely. It keeps the name of its point while close by.
        """
        found = []
        for needle in needles:
            if places := self.places(needle.site, needle.point):
                best = max(places, key=lambda place: (place.panel == panel, self.panels[place.panel].view.worth(needle.site)))
                target = self._beside(best, dx, dy, on_skin=on_skin)
                if target is None:
                    return ()
                found.append((needle, target._replace(code=needle.point if self._is_close(target.site, needle.point) else "")))
        return tuple(found)

    def _beside(self, place: Place, dx: float, dy: float, *, on_skin: bool) -> Target | None:
        panel = self.panels[place.panel]
        scale = panel.view.scale if on_skin else panel.scale
        x, y = panel.to_view(place.x, place.y)
        x, y = x + dx * scale, y + dy * scale
        site = panel.view.site_at(x, y)
        return None if site is None else Target(site, "", *self._camera.to_widget(*panel.to_sheet(x, y)), place.panel)

    def _is_close(self, site: Site, code: str) -> bool:
        return any(dist((site.x, site.y, site.z), (at.x, at.y, at.z)) <= STRAY for at in self._atlas.point_sites(code).values())

    def landmark_at(self, place: QPointF) -> str:
        """The sentence of the landmark near a place of the widget."""
        x, y = self._camera.to_sheet(place.x(), place.y())
        zoom = self._camera.zoom
        for panel in self.panels:
            if panel.box.holds(x, y):
                marks = self._picture.landmarks(panel, zoom)
                found = nearest([(mark.x, mark.y) for mark in marks], x, y, HIT / zoom)
                if found is not None:
                    name = marks[found].name
                    return f"{name[0].upper()}{name[1:]}: {self._atlas.landmarks[name].where}"
        return ""

    def marks(self, code: str, named: Site | None) -> list[Target]:
        """A point in every view that shows it within sight; with its code where it is to be named: where `named` shows best."""
        shown = [
            (panel.view.worth(site) if site == named else 0.0, site, *self._camera.to_widget(*panel.to_sheet(*place)))
            for site in self._atlas.point_sites(code).values()
            for panel in self.panels
            if (place := panel.view.place_of(site)) and panel.crop.holds(*place)
        ]
        in_sight = [each for each in shown if 0 <= each[2] <= self._camera.width and 0 <= each[3] <= self._camera.height]
        best = max((worth for worth, *_ in in_sight), default=0.0)
        return [Target(site, code if worth and worth == best else "", x, y) for worth, site, x, y in in_sight]
