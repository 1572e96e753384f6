"""Makes the application's icons for Windows, macOS and Linux from `neuro-chart.svg` beside it. Needs PySide6 and Pillow."""

from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent


def drawn(drawing: QSvgRenderer, size: int) -> Image.Image:
    """The drawing at `size` pixels square, each size drawn from the lines and not shrunk from a larger picture."""
    picture = QImage(size, size, QImage.Format.Format_RGBA8888_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter)
    painter.end()
    straight = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    return Image.frombytes("RGBA", (size, size), bytes(straight.constBits()))


def main() -> None:
    """Write the three files."""
    drawing = QSvgRenderer(str(FOLDER / "neuro-chart.svg"))
    *small, large = (drawn(drawing, size) for size in (16, 24, 32, 48, 64, 128, 256))
    large.save(FOLDER / "neuro-chart.png", optimize=True)
    large.save(FOLDER / "neuro-chart.ico", append_images=small, sizes=[picture.size for picture in (*small, large)])
    huge = [drawn(drawing, size) for size in (32, 64, 128, 256, 512, 1024)]
    huge[-1].save(FOLDER / "neuro-chart.icns", append_images=huge[:-1])


if __name__ == "__main__":
    main()
