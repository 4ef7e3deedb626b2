"""Goes on from its last checkpoint, if an interrupted run left one."""

import os
from pathlib import Path

checkpoint = Path("/opt/ml/checkpoints/epoch")
done = int(checkpoint.read_text()) if checkpoint.exists() else 0
for epoch in range(done, 3):
    checkpoint.write_text(str(epoch + 1))
rows = sum(len(file.read_text().splitlines()) for file in Path(os.environ["SM_CHANNEL_TRAIN"]).rglob("*.csv"))
Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(f"{rows} rows\n")
