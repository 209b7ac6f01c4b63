"""What the hub answers over HTTP. `application` makes the ASGI application; pages and the REST API join it as routers.

Nothing here is imported by a command that does not serve: FastAPI takes a second to load.
"""
