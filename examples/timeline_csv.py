"""What one person said, dated, oldest first, as comma-separated values on standard output.

python examples/timeline_csv.py [NAME] > timeline.csv
"""

import csv
import sys
import tempfile
from pathlib import Path

import wortlaut

SAMPLE = Path(__file__).parents[1] / "seeds" / "archive"


def main(name: str) -> None:
    """Write one statement a row; any spelling of the name will do."""
    with tempfile.TemporaryDirectory() as folder, wortlaut.open(folder) as archive:
        archive.index(SAMPLE)
        writer = csv.writer(sys.stdout)
        writer.writerow(["published", "speaker", "voice", "quote", "article"])
        for said in archive.timeline(name):
            article = said.article
            quote = " ".join(said.quote.split())
            writer.writerow([article.published, said.speaker, said.voice, quote, article.path])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "Lavrov")
