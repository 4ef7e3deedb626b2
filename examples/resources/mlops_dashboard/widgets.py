"""Ask CloudWatch for a picture of each graph of a dashboard, and store it as a PNG file.

    python widgets.py churn-generated

It asks AWS, or whatever `AWS_ENDPOINT_URL` names. Widgets that are no graphs, such as texts, have no picture.
"""

import json
import re
import sys
from pathlib import Path

import boto3

WIDTH_OF_A_COLUMN, HEIGHT_OF_A_ROW = 70, 50


def pictures(name: str, directory: Path) -> list[Path]:
    """The files, one for each graph."""
    cloudwatch = boto3.client("cloudwatch")
    body = json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])
    files = []
    for number, widget in enumerate(body["widgets"]):
        if widget["type"] != "metric":
            continue
        graph = widget["properties"] | {
            "width": WIDTH_OF_A_COLUMN * widget["width"],
            "height": HEIGHT_OF_A_ROW * widget["height"],
        }
        answer = cloudwatch.get_metric_widget_image(MetricWidget=json.dumps(graph))
        title = re.sub(r"\W+", "-", graph.get("title", "")).strip("-").lower()
        file = directory / f"{number:02}-{title}.png"
        file.write_bytes(answer["MetricWidgetImage"])
        files.append(file)
    return files


if __name__ == "__main__":
    for file in pictures(sys.argv[1], Path()):
        print(file)
