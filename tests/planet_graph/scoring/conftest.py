from hypothesis import HealthCheck, settings

# A loaded machine is no failure: no deadline, and no complaint that drawing takes long.
# A failure prints how to repeat it.
settings.register_profile("scoring", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("scoring")
