"""An MQTT broker on loopback, until it is ended: `python mqtt-broker.py PORT`."""

import asyncio
import sys

from amqtt.broker import Broker


async def main() -> None:
    listener = {"type": "tcp", "bind": f"127.0.0.1:{sys.argv[1]}"}
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    broker = Broker({"listeners": {"default": listener}, "plugins": plugins})
    await broker.start()
    print("listening", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
