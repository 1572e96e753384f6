"""A paper as it will be printed. It touches no disk before the user says where."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSaveFile, QSettings, QStandardPaths, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QWidget

from neuro_chart.ui.privacy import initials_only
from neuro_chart.ui.widgets import label

SHARPEST = 300
HIDDEN = (
    "The paper bears patients' names, so it is hidden while initials are shown in place of names (Ctrl+Shift+H). "
    "It can be printed and saved all the same."
)


class Outcome(NamedTuple):
    """How a printing or saving went: in a sentence, and whether it was done."""

    sentence: str
    done: bool


class PaperView(QPdfView):
    """Shows a PDF, prints it and saves it; `instead` stands in its place while names are hidden."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.made = b""
        self.pages = QPdfDocument(parent)  # not its own child: that closes, and tells it so, when the view is half gone (a crash)
        self._buffer = QBuffer(self.pages)
        self.setDocument(self.pages)
        self.setPageMode(QPdfView.PageMode.MultiPage)
        self.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Preview of the paper")
        self.instead = label(HIDDEN, "muted", wrap=True)
        self.instead.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_names(self, settings: QSettings) -> None:
        """Show the paper, or not, as the settings have it with names; both have their places by now."""
        by_initials = initials_only(settings)
        self.setVisible(not by_initials)
        self.instead.setVisible(by_initials)

    def show_bytes(self, made: bytes) -> None:
        """Show a PDF, at the place to which the one before was scrolled."""
        place = self.verticalScrollBar().value()
        self.forget()
        self.made = made
        self._buffer.setData(QByteArray(made))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.pages.load(self._buffer)
        self.verticalScrollBar().setValue(place)

    def forget(self) -> None:
        """Show no paper."""
        self.made = b""
        self.pages.close()
        self._buffer.close()

    def ask_printer(self, size: str, name: str) -> QPrinter | None:
        """The printer that the system's dialog was answered with. `size` is A4 or Letter, `name` what the printer's queue shows."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.Letter if size == "Letter" else QPageSize.PageSizeId.A4))
        printer.setDocName(name)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, self.pages.pageCount())
        dialog.setFromTo(1, self.pages.pageCount())
        return printer if dialog.exec() == QDialog.DialogCode.Accepted else None

    def print_on(self, printer: QPrinter) -> Outcome:
        """Print the paper's pages, or those that the printer was asked for."""
        painter = QPainter()
        printer.setFullPage(True)
        if not painter.begin(printer):
            return Outcome("The printer does not take the paper. Is it connected and switched on?", done=False)
        pages = range(self.pages.pageCount())
        if printer.printRange() == QPrinter.PrintRange.PageRange and printer.fromPage():
            pages = range(printer.fromPage() - 1, min(printer.toPage(), len(pages)))
        for number, page in enumerate(pages):
            if number:
                printer.newPage()
            full = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
            size = self.pages.pagePointSize(page).scaled(full.size(), Qt.AspectRatioMode.KeepAspectRatio)
            sharp = min(1.0, SHARPEST / printer.resolution())
            drawn: QImage = self.pages.render(page, (size * sharp).toSize())
            target = QRectF(full.topLeft(), size)
            target.moveCenter(full.center())
            painter.drawImage(target, drawn)
        if painter.end():
            return Outcome("Sent to the printer.", done=True)
        return Outcome("The printer stopped before all was printed.", done=False)

    def ask_where(self, name: str) -> Path | None:
        """The file that the system's dialog was answered with; `name` is proposed."""
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        chosen, _ = QFileDialog.getSaveFileName(self, "Save PDF", str(folder / name), "PDF (*.pdf)")
        return Path(chosen) if chosen else None

    def save_at(self, path: Path) -> Outcome:
        """Save the paper in a file; the dialog has asked about one that is there under this very name."""
        if path.suffix.lower() != ".pdf":
            path = path.with_name(f"{path.name}.pdf")
            if path.exists():
                return Outcome(f"There is a file “{path.name}” already, and it stays as it is. Choose another name.", done=False)
        file = QSaveFile(str(path))
        if file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(self.made) == len(self.made) and file.commit():
            return Outcome(f"Saved as “{path.name}”. The file is not encrypted.", done=True)
        return Outcome(f"“{path.name}” could not be saved: {file.errorString()}", done=False)
