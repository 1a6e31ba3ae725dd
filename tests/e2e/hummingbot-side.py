"""Hummingbot's side of the signal without hummingbot, which has no wheels: its MQTT client, and two controllers.

    python hummingbot-side.py PORT PAIR

Prints a line of JSON for each message on the pair's topic. How messages arrive and are used is that of hummingbot at
2bfaccc48dd49e71a5b6d9b3011808e127dd00cd, in words of our own:
- hummingbot/remote_iface/mqtt.py: aiomqtt receives, ujson reads, `callback(payload, topic)`; topics without bot prefix.
- controllers/directional_trading/ai_livestream.py: the topic has the pair in lower case with `_`; `probabilities` are
  short, neutral and long, compared with thresholds of 0.5; `target_pct`, else 0.01, multiplies the barriers.
- strategy_v2/controllers/market_making_controller_base.py: a price is reference * (1 ± spread * spread_multiplier).
The second controller is the example's `pmm_volgate.py`, on stand-ins of the classes that it takes from hummingbot.
"""

import asyncio
import json
import sys
import time
import types
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiomqtt
import ujson

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/hummingbot"
THRESHOLD = 0.5
TARGET_PCT_DEFAULT = 0.01
STOP_LOSS = Decimal(8)
BUY_SPREAD = Decimal("0.001")
REFERENCE_PRICE = Decimal(100)

callbacks: dict[str, list[Callable[[dict[str, Any], str], None]]] = {}


class ExternalTopicFactory:
    @classmethod
    def create_async(cls, topic: str, callback: Callable[[dict[str, Any], str], None], use_bot_prefix: bool) -> object:
        assert not use_bot_prefix
        callbacks.setdefault(topic, []).append(callback)
        return object()


class PMMSimpleConfig:
    controller_name = "pmm_simple"

    def __init__(self, trading_pair: str) -> None:
        self.trading_pair = trading_pair


class PMMSimpleController:
    def __init__(self, config: PMMSimpleConfig, market_data_provider: Any) -> None:
        self.config = config
        self.market_data_provider = market_data_provider
        self.processed_data: dict[str, Any] = {}

    async def update_processed_data(self) -> None:
        self.processed_data = {"reference_price": REFERENCE_PRICE, "spread_multiplier": Decimal(1)}

    def buy_price(self) -> Decimal:
        return REFERENCE_PRICE * (1 - BUY_SPREAD * self.processed_data["spread_multiplier"])


class MarketDataProvider:
    ahead_s = 0.0

    def time(self) -> float:
        return time.time() + self.ahead_s


class AiLivestream:
    """What the directional controller makes of a message."""

    def __init__(self, pair: str) -> None:
        self.signal: int | None = None
        self.stop_loss = Decimal(0)
        topic = f"hbot/predictions/{pair.replace('-', '_').lower()}/ML_SIGNALS"
        ExternalTopicFactory.create_async(topic=topic, callback=self.on_signal, use_bot_prefix=False)

    def on_signal(self, signal: dict[str, Any], topic: str) -> None:
        short, _, long = signal["probabilities"]
        self.signal = -1 if short > THRESHOLD else 1 if long > THRESHOLD else 0
        self.stop_loss = STOP_LOSS * Decimal(signal.get("target_pct", TARGET_PCT_DEFAULT))


def load_pmm_volgate() -> types.ModuleType:
    def module(name: str, **contents: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        vars(made).update(contents)
        sys.modules[name] = made
        return made

    simple = module(
        "controllers.market_making.pmm_simple",
        PMMSimpleConfig=PMMSimpleConfig,
        PMMSimpleController=PMMSimpleController,
    )
    module("controllers")
    module("controllers.market_making", pmm_simple=simple)
    module("hummingbot")
    module("hummingbot.remote_iface")
    module("hummingbot.remote_iface.mqtt", ExternalTopicFactory=ExternalTopicFactory)
    sys.path.insert(0, str(EXAMPLE))
    import pmm_volgate

    return pmm_volgate


async def main(port: int, pair: str) -> None:
    module = load_pmm_volgate()
    # Hummingbot takes the first of a module's classes that is a controller.
    first = [name for name, held in sorted(vars(module).items()) if isinstance(held, type) and "Controller" in name]
    provider = MarketDataProvider()
    pmm = getattr(module, first[0])(module.PMMVolgateConfig(pair), market_data_provider=provider)
    directional = AiLivestream(pair)
    async with aiomqtt.Client("127.0.0.1", port) as client:
        for topic in callbacks:
            await client.subscribe(topic, qos=1)
        print("subscribed", flush=True)
        async for message in client.messages:
            payload = ujson.loads(message.payload)
            for callback in callbacks[str(message.topic)]:
                callback(payload, str(message.topic))
            await pmm.update_processed_data()
            seen: dict[str, Any] = {"topic": str(message.topic), "payload": payload}
            seen |= {"signal": directional.signal, "stop_loss": float(directional.stop_loss)}
            seen |= {"controller": pmm.config.controller_name, "buy_price": float(pmm.buy_price())}
            provider.ahead_s = 120.0
            await pmm.update_processed_data()
            provider.ahead_s = 0.0
            print(json.dumps(seen | {"buy_price_later": float(pmm.buy_price())}), flush=True)


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
