"""Property tests of this column take no clock: a busy machine must not make them fail."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
