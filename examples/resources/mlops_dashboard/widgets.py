"""Ask CloudWatch for a picture of each graph of a dashboard, and store it as a PNG file; or all of them as one, as they are laid out.

    python widgets.py churn-generated
    python widgets.py churn-generated page.png

It asks AWS, or whatever `AWS_ENDPOINT_URL` names. The page needs Pillow, which draws the texts and the states of the alarms: CloudWatch
makes pictures of graphs only.
"""

import io
import json
import re
import sys
from pathlib import Path

import boto3

COLUMN, ROW = 70, 50
COLOURS = {"ALARM": "#d13212", "OK": "#1d8102", "INSUFFICIENT_DATA": "#687078"}


def graphs(cloudwatch, widgets: list[dict]) -> dict[int, bytes]:
    """The picture of each graph, by the number of its widget."""
    found = {}
    for number, widget in enumerate(widgets):
        if widget["type"] == "metric":
            graph = widget["properties"] | {"width": COLUMN * widget["width"], "height": ROW * widget["height"]}
            found[number] = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(graph))["MetricWidgetImage"]
    return found


def page(cloudwatch, widgets: list[dict], pictures: dict[int, bytes], file: Path) -> None:
    """The dashboard as one picture."""
    from PIL import Image, ImageDraw

    height = max(widget["y"] + widget["height"] for widget in widgets)
    whole = Image.new("RGB", (24 * COLUMN, height * ROW), "white")
    draw = ImageDraw.Draw(whole)
    for number, widget in enumerate(widgets):
        x, y = widget["x"] * COLUMN, widget["y"] * ROW
        if number in pictures:
            whole.paste(Image.open(io.BytesIO(pictures[number])), (x, y))
        elif widget["type"] == "text":
            draw.text((x + 10, y + 12), widget["properties"]["markdown"].lstrip("# "), "black", font_size=24)
        elif widget["type"] == "alarm":
            names = [arn.split(":alarm:")[1] for arn in widget["properties"]["alarms"]]
            alarms = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
            draw.text((x + 10, y + 8), widget["properties"]["title"], "black", font_size=24)
            for place, alarm in enumerate(alarms):
                left, top = x + 10 + place % 4 * 6 * COLUMN, y + ROW * (1 + place // 4)
                draw.rectangle((left, top, left + 6 * COLUMN - 20, top + ROW - 10), fill=COLOURS[alarm["StateValue"]])
                draw.text((left + 8, top + 11), alarm["AlarmName"], "white", font_size=15)
    whole.save(file, optimize=True)


def main(name: str, *together: str) -> None:
    """Store the pictures, and print the names of the files."""
    cloudwatch = boto3.client("cloudwatch")
    widgets = json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])["widgets"]
    pictures = graphs(cloudwatch, widgets)
    for file in map(Path, together):
        page(cloudwatch, widgets, pictures, file)
        print(file)
    for number, picture in pictures.items() if not together else ():
        title = re.sub(r"\W+", "-", widgets[number]["properties"].get("title", "")).strip("-").lower()
        file = Path(f"{number:02}-{title}.png")
        file.write_bytes(picture)
        print(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
