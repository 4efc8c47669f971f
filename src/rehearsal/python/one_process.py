from sky.server import plugins
from sky.server.requests.queues import base


class OneProcess(plugins.BasePlugin):
    """The server's queues of requests are in its own process: else they are in one more, at a port that all servers on a machine have in common."""

    def install(self, extension_context):
        extension_context.register_queue_backend_factory(base.LocalQueueFactory())
