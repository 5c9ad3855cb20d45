from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel


class Draws(BaseModel):
    method: str = "lhs"
    draws: tuple[int, ...] = ()
    seed: int = 1
    quantities: list[str] | None = None


class Study(BaseModel):
    name: str
    title: str = "T"
    question: str = "Q?"
    scenarios: list[str]
    seed: int = 1
    replications: int = 1
    luck: str = "own"
    twin: bool = False
    design: Draws | None = None
    measures: list[str] | str | None = None
    monthly: list[str] = []
    until: str | None = None
    most: int = 1000

    def load_scenarios(self):
        from cyclesim.inputs.files import load

        return [load(s) for s in self.scenarios]

    def resolved(self):
        return self.model_dump(mode="json")

    def with_size(self, draws, replications):
        u = {}
        if replications:
            u["replications"] = replications
        if draws:
            u["design"] = self.design.model_copy(update={"draws": (*self.design.draws, draws - sum(self.design.draws))})
        return self.model_copy(update=u)


def load_study(n):
    from ruamel.yaml import YAML

    d = YAML(typ="safe").load(Path(n).read_text())
    return Study(name=Path(n).stem, **d)
