"""Opens an HTML file in headless Chromium, and prints what is seen of it as JSON. It runs in an environment of its own.

The picture of the window is stored in the file that is named next.
"""

import json
import os
import sys
from pathlib import Path

# Without a display, and as root as in a container.
os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}

from PyQt6.QtCore import QTimer, QUrl
from PyQt6.QtWebEngineCore import QWebEnginePage
from PyQt6.QtWebEngineWidgets import QWebEngineView
from PyQt6.QtWidgets import QApplication

SEEN = """JSON.stringify({
    title: document.title,
    heading: document.querySelector("h1").innerText,
    width: document.documentElement.scrollWidth,
    window: innerWidth,
    pictures: [...document.images].map(i => {
        const box = i.getBoundingClientRect();
        return {alt: i.alt, natural: [i.naturalWidth, i.naturalHeight], box: [box.x, box.y, box.width, box.height]};
    }),
    tables: [...document.querySelectorAll("table")].map(t => [...t.rows].map(r => [...r.cells].map(c => c.innerText))),
})"""
# How long painting may take, in milliseconds.
PATIENCE = 30_000


class Page(QWebEnginePage):
    """A page that keeps what is written to its console."""

    messages: list[str] = []

    def javaScriptConsoleMessage(self, level, message, line, source):  # noqa: N802
        self.messages.append(message)


def main(file: str, picture: str) -> None:
    """Open, wait until it is painted, ask, print."""
    application = QApplication([file])
    view = QWebEngineView()
    page = Page(view)
    view.setPage(page)
    view.resize(1000, 1600)

    def loaded(ok: bool) -> None:
        page.runJavaScript(SEEN, lambda seen: print(json.dumps({"loaded": ok, **json.loads(seen)}), flush=True))
        painting.start(50)

    def look() -> None:
        image = view.grab().toImage()
        if len({image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5)}) > 1:
            image.save(picture)
            print(json.dumps({"console": page.messages}), flush=True)
            application.quit()

    painting = QTimer()
    painting.timeout.connect(look)
    page.loadFinished.connect(loaded)
    QTimer.singleShot(PATIENCE, lambda: application.exit(1))
    view.show()
    view.load(QUrl.fromLocalFile(str(Path(file).resolve())))
    code = application.exec()
    # Chromium's processes end with this one; taking them down in order takes longer.
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
