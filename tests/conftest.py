"""Property tests are the same in every run, and no slow machine fails one; `--hypothesis-profile=search` looks on."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("search", parent=settings.get_profile("steady"), derandomize=False, max_examples=1_000)
settings.load_profile("steady")
