"""A model plays months of a township at random; the product must do what it says, through either door."""

import os
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from api.application import create
from cases.configuration.case_rules import CountyRules
from config.settings import Settings, load
from core.persistence.db import Database
from tests import builders
from tests.databases import Databases
from tests.model.driver import Driver
from tests.model.machine import Life, Open
from tests.model.services import ServicesDriver
from tests.model.web import HttpDriver

EVERYWHERE = settings(suppress_health_check=list(HealthCheck))
#: The same lives in every run of the suite; what fails is made small by the long form.
SHORT = settings(EVERYWHERE, stateful_step_count=40, phases=(Phase.generate,))
#: Others every time, as many as MODEL_LIVES says; docs/developing.md tells how to use it.
LONG = settings(
    EVERYWHERE,
    derandomize=False,
    max_examples=int(os.environ.get("MODEL_LIVES", "50")),
    stateful_step_count=80,
)


class Place:
    """Where the machine plays: databases of one engine, and the door it goes through."""

    def __init__(self, databases: Databases, backend: str, rules: CountyRules, folder: Path) -> None:
        self.engine = databases.engine(backend)
        self.rules = rules
        self.settings: Settings = load({"HUIYIN_DATA_DIR": str(folder), "HUIYIN_LEAST_FREE_MB": "1"})
        self.app: Flask | None = None

    def lend(self) -> Database:
        return self.engine.copy("town")

    def services(self, db: Database, rules: CountyRules) -> Driver:
        return ServicesDriver(db, rules)

    def web(self, db: Database, rules: CountyRules) -> Driver:
        if self.app is None:
            self.app = create(db=db, rules=rules, settings=self.settings, now=lambda: builders.FOUNDED)
        return HttpDriver(self.app, db, rules, self.settings)

    def play(self, door: Open, profile: settings) -> None:
        place = self

        class Here(Life):
            lend = staticmethod(place.lend)
            give_back = staticmethod(place.engine.drop)
            open_door = staticmethod(door)
            rules_of_place = place.rules

        run_state_machine_as_test(Here, settings=profile)


@pytest.fixture
def place(
    databases: Databases, backend: str, rules: CountyRules, project_rules: CountyRules, tmp_path: Path
) -> Place:
    builders.prepare_town(databases, backend, project_rules)
    return Place(databases, backend, rules, tmp_path)


def test_the_services_do_what_the_model_says(place: Place) -> None:
    place.play(place.services, settings(SHORT, max_examples=7))


@pytest.mark.one_database  # what the interface adds to the services says nothing to a database
def test_the_interface_does_what_the_model_says(place: Place) -> None:
    place.play(place.web, settings(SHORT, max_examples=4))


@pytest.mark.proof
def test_the_services_do_what_the_model_says_for_very_long(place: Place) -> None:
    place.play(place.services, LONG)


@pytest.mark.proof
def test_the_interface_does_what_the_model_says_for_very_long(place: Place) -> None:
    place.play(place.web, LONG)
