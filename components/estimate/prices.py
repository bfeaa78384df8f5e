"""What AWS charges: one dated table. Prices differ by region and change; estimates say so.

US dollars, us-east-1, on demand, first usage tier, without free tiers and volume discounts.

Sources:

* S3, SQS, DynamoDB, Lambda's requests, MediaConvert's normalized minute: the AWS Price List Bulk
  API, as read on the date below by a public cost model.
* Lambda on Arm, SNS: the services' pricing pages.
* MediaConvert's multipliers: a public copy of the pricing page's table for basic tier AVC. Its
  prices are those of another region; their ratios are taken. The factor of HD at up to 30 frames
  per second was confirmed by the price list, the others were not.
* MediaConvert's classes of resolution: a public translation of the pricing page. SD has a vertical
  resolution below 720, HD 720 to 1,080, UHD more, up to 2,160. Nothing is said of upright pictures.
* MediaConvert's sound alone: the example of the User Guide's page "About on-demand queues".
* MediaConvert's minimum and steps: the pricing page, as two mirrors show it.
"""

from collections.abc import Mapping
from typing import Final

AS_OF: Final = "2026-09-29"
"""When the prices were read."""

REGION: Final = "us-east-1"

NORMALIZED_MINUTE: Final = 0.0075
"""MediaConvert's basic tier, for a minute of standard definition at up to 30 frames per second."""

RESOLUTION_FACTORS: Final[Mapping[int, float]] = {719: 1, 1_080: 2, 2_160: 4}
"""Highest vertical resolution in pixels, and how many normalized minutes a minute of it counts."""

FRAME_RATE_FACTORS: Final[Mapping[int, float]] = {30: 1, 60: 1.25, 120: 1.5}
"""Highest frames per second, and what they multiply a minute by."""

SOUND_MINUTE: Final = 0.005
"""MediaConvert's minute of an output without a picture."""

SHORTEST_OUTPUT_SECONDS: Final = 10
"""MediaConvert bills every output for at least this long, and in whole seconds."""

LAMBDA_REQUEST: Final = 0.20 / 1e6
LAMBDA_GB_SECOND: Final = 0.0000133334
"""On Arm."""

SQS_REQUEST: Final = 0.40 / 1e6
SNS_PUBLISH: Final = 0.50 / 1e6
"""Deliveries to SQS are free."""

S3_PUT: Final = 0.005 / 1e3
S3_GET: Final = 0.0004 / 1e3
S3_GB_MONTH: Final = 0.023
DYNAMODB_WRITE: Final = 0.625 / 1e6
DYNAMODB_READ: Final = 0.125 / 1e6
"""A consistent read of an item of up to 4 KB."""

DYNAMODB_EVENTUAL_READ: Final = DYNAMODB_READ / 2
"""A read that may be a second behind: half a unit (Developer Guide, read consistency)."""

S3_LIST: Final = S3_PUT
"""A thousand names or versions; the price list has one row for PUT, COPY, POST and LIST."""

S3_INVENTORY_OBJECT: Final = 0.0025 / 1e6
"""An object in a report of S3 Inventory, as public cost guides repeat S3's pricing page."""
