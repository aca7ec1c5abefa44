"""`kind = "mqtt"`: steps of alarms as JSON to a topic of a broker, QoS 1.

A connection is made for each step: alarms are rare, and a connection that stood idle for days is
one that a firewall has forgotten without a word.
"""

import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, final

from faultlens.core.errors import UnreachableServiceError, UsageError
from faultlens.line.broker import Broker, connect, looped, made_client
from faultlens.line.configuration.line_config import SinkConfig
from faultlens.line.sinks.abstract import AbstractSink
from faultlens.line.sinks.message import alarm_table
from faultlens.line.sinks.refusal import AlarmRefused
from faultlens.line.topics import filled_topic, topic_gaps
from faultlens.store.records import AlarmRecord

if TYPE_CHECKING:
    from paho.mqtt.client import Client

_GAPS = ("source", "channel", "step", "alarm")
_REFUSED = (144, 149, 151, 153)
"""Reason codes of MQTT 5 that are about this message: topic name invalid, packet too large, quota
exceeded, payload format invalid."""


@dataclass(frozen=True, kw_only=True)
class MqttSinkOptions(Broker):
    """Keys of an MQTT sink in line.toml, beside those of the broker.

    Args:
        topic: {source}, {channel}, {step} and {alarm} stand for what is on the alarm.
        qos: 1: at least once; 2: exactly once; 0 would not know whether it came.
        retain: whether the broker shows the last step to whoever subscribes later.

    Raises:
        UsageError: a value that cannot be; the message says what can.
    """

    topic: str = "faultlens/alarms/{source}"
    qos: int = 1
    retain: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        topic_gaps("topic", self.topic, _GAPS)
        if self.qos not in (1, 2):
            raise UsageError(f"qos is {self.qos}; an alarm is sent with 1 or 2.")


@final
class MqttSink(AbstractSink):
    """Publishes at a broker.

    Args:
        config: whose options are `MqttSinkOptions`.
        language: of the message in the table.
        folder: not needed here.
    """

    def __init__(self, config: SinkConfig, language: str, folder: Path) -> None:
        self._options = cast(MqttSinkOptions, config.options)
        self._language = language

    def send(self, alarm: AlarmRecord) -> None:
        """Publish one step; returns once the broker has it.

        Args:
            alarm: the step.

        Raises:
            AlarmRefused: the broker will not take this one.
            UnreachableServiceError: no broker, a wrong password, no right to the topic.
        """
        options = self._options
        client = made_client(options, f"faultlens-{uuid.uuid4().hex[:12]}")
        answers: list[Any] = []
        taken: list[Any] = []
        client.on_connect = lambda c, u, flags, reason, properties: answers.append(reason)
        client.on_publish = lambda c, u, mid, reason, properties: taken.append(reason)
        deadline_s = time.monotonic() + options.timeout_s
        connect(client, options)
        try:
            looped(client, lambda: bool(answers), deadline_s)
            self._accepted(answers)
            self._publish(client, alarm)
            looped(client, lambda: bool(taken), deadline_s)
            self._taken(taken)
        finally:
            _hang_up(client)

    def _accepted(self, answers: list[Any]) -> None:
        if not answers:
            raise UnreachableServiceError(
                f"{self._options.place} opened a connection and then said nothing; is it a broker?"
            )
        if answers[0].is_failure:
            raise UnreachableServiceError(
                f"{self._options.place} refuses the line: {answers[0]}. Check user, password and "
                "version."
            )

    def _publish(self, client: "Client", alarm: AlarmRecord) -> None:
        options = self._options
        facts = {
            "source": alarm.source, "channel": alarm.channel, "step": alarm.step,
            "alarm": alarm.alarm,
        }  # fmt: skip
        content = json.dumps(alarm_table(alarm, self._language), ensure_ascii=False)
        client.publish(
            filled_topic(options.topic, facts), content.encode(), options.qos, options.retain
        )

    def _taken(self, taken: list[Any]) -> None:
        if not taken:
            raise UnreachableServiceError(f"{self._options.place} did not take it in time.")
        if not taken[0].is_failure:
            return
        said = f"{self._options.place} does not take it: {taken[0]}."
        if taken[0].value in _REFUSED:
            raise AlarmRefused(said)
        raise UnreachableServiceError(f"{said} May the user write to topic {self._options.topic}?")


def _hang_up(client: "Client") -> None:
    client.disconnect()
    # The last packet leaves at the next turn, which also closes the socket.
    looped(client, lambda: not client.is_connected(), time.monotonic() + 0.5)
