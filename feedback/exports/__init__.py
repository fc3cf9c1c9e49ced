"""Files of responses, each made from the same Selection and Columns as the pages."""

from feedback.exports import csv

FORMATS = {"csv": csv.stream}
