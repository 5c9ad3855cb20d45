"""What depends on parameters alone is worked out when one of them has changed, and only then."""

from cyclesim.model.values import OfParameters, Values


def test_a_quantity_of_parameters_follows_them():
    asked = []
    double = OfParameters(lambda p: asked.append(1) or 2 * p.contact)
    p = Values({"contact": 0.5, "death": 0.1})
    assert [double(p), double(p)] == [1.0, 1.0]
    assert len(asked) == 1
    p.change("contact", 2.0)
    assert double(p) == 4.0
    assert double(Values({"contact": 3.0})) == 6.0
