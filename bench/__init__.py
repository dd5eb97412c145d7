"""Programs that put a real server under load, and judge what its database holds afterwards or what it cost.

They need what the tests need (requirements-dev.txt), and Linux. `python -m bench` lists them.
"""
