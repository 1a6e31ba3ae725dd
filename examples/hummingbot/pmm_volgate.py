"""A hummingbot controller: `pmm_simple` whose spreads are multiplied by volgate's expected volatility.

Put it into hummingbot's `controllers/market_making/`; `volgate_signal.py` publishes what it reads. Hummingbot must be
connected to the broker (`mqtt_bridge`) before it starts: without the bridge this controller does not start.
"""

from decimal import Decimal
from typing import Any

# By module: of a controller's classes hummingbot takes the first by name, imported ones too.
from controllers.market_making import pmm_simple
from hummingbot.remote_iface.mqtt import ExternalTopicFactory


class PMMVolgateConfig(pmm_simple.PMMSimpleConfig):
    controller_name: str = "pmm_volgate"
    topic: str = "hbot/predictions"
    # Wider than usual: without a forecast nobody knows what the next minute brings.
    multiplier_without_forecast: Decimal = Decimal("2")


class PMMVolgateController(pmm_simple.PMMSimpleController):
    def __init__(self, config: PMMVolgateConfig, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self.signal: dict[str, Any] = {}
        pair = config.trading_pair.replace("-", "_").lower()
        self.listener = ExternalTopicFactory.create_async(
            topic=f"{config.topic}/{pair}/ML_SIGNALS", callback=self.on_signal, use_bot_prefix=False
        )

    def on_signal(self, signal: dict[str, Any], topic: str) -> None:
        self.signal = signal

    def spread_multiplier(self) -> Decimal:
        """The last message's until its horizon is over, also when nobody takes it back."""
        multiplier, forecast = self.signal.get("spread_multiplier"), self.signal.get("volgate")
        if multiplier is None or forecast is None:
            return self.config.multiplier_without_forecast
        until_s = self.signal["id"] / 1000 + forecast["horizon_s"]
        if self.market_data_provider.time() >= until_s:
            return self.config.multiplier_without_forecast
        return Decimal(str(multiplier))

    async def update_processed_data(self) -> None:
        await super().update_processed_data()
        self.processed_data["spread_multiplier"] = self.spread_multiplier()
