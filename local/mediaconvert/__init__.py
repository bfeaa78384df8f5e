"""A MediaConvert-shaped service that encodes with ffmpeg."""

from local.mediaconvert.access import AwsAccess
from local.mediaconvert.service import MediaConvertService

__all__ = ["AwsAccess", "MediaConvertService"]
