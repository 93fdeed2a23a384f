"""Selectors by name: the app's own, and plug-ins that are loaded when they are named."""

import pickle
import sys
from importlib.metadata import EntryPoint, distributions

import pytest
from attrs import frozen

from custlife import Relationship
from custlife.strategy import (
    InvalidSelector,
    NoRecommendation,
    Profile,
    Selector,
    SelectorFailed,
    UnknownSelector,
    buttle_selector,
    recommend,
)
from custlife.strategy.recommendation import wrapped
from custlife.strategy.selectors.combining import first_of
from custlife.strategy.selectors.plugins import Plugin, Registry

PROFILE = Profile(relationship=Relationship("C-17"))
SOUND = "from custlife.strategy import buttle_selector\nselector = buttle_selector()\n"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs distributions that offer selectors; gives their entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(**offers):
        for module, (name, code) in offers.items():
            info = tmp_path / f"{module}-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Name: {module}\nVersion: 1.0\n", encoding="utf-8")
            (info / "entry_points.txt").write_text(
                f"[custlife.selectors]\n{name} = {module}:selector\n", encoding="utf-8"
            )
            (tmp_path / f"{module}.py").write_text(code, encoding="utf-8")
            monkeypatch.delitem(sys.modules, module, raising=False)
        found = distributions(path=[str(tmp_path)])
        return [point for distribution in found for point in distribution.entry_points]

    return install


def raising(error):
    def selector(profile):
        raise error

    return selector


def test_a_registered_selector_is_found_by_its_name():
    """Names keep their order."""
    registry = Registry([])

    registry.register("default", buttle_selector())

    assert registry["default"] is buttle_selector()
    assert (registry.names, [*registry], len(registry)) == (("default",), ["default"], 1)
    assert "default" in registry
    assert "other" not in registry
    assert repr(registry) == "Registry(default)"


def test_two_registries_know_nothing_of_each_other():
    """There is no global one."""
    Registry().register("ours", buttle_selector())

    assert Registry().names == ()


def test_without_entry_points_given_those_of_all_distributions_count():
    """Whichever are installed where this runs."""
    assert isinstance(Registry().available, tuple)


@pytest.mark.parametrize("name", [["ours"], None, 17], ids=repr)
def test_what_is_loaded_is_named_by_text(name):
    """The error shows how to load several."""
    with pytest.raises(InvalidSelector, match=r"that is no name. Write load\('one', 'other'\)"):
        Registry([]).load(name)


@pytest.mark.parametrize("name", ["", " ", None], ids=repr)
def test_a_selector_needs_a_name(name):
    """A blank one names nothing."""
    with pytest.raises(InvalidSelector, match=r"no text, or blank") as caught:
        Registry([]).register(name, buttle_selector())

    assert (caught.value.selector, caught.value.distribution) == (repr(name), None)


@pytest.mark.parametrize(
    ("selector", "problem"),
    [
        (17, "it is 17, which cannot be called"),
        (Plugin, "it is the class Plugin. Give an instance of it."),
        (lambda: None, r"its signature is \(\), which does not take one profile"),
        (lambda profile, budget: None, r"its signature is \(profile, budget\)"),
        (lambda *, profile: None, r"its signature is \(\*, profile\)"),
    ],
    ids=["number", "class", "nothing", "two", "keyword"],
)
def test_what_cannot_be_called_with_one_profile_is_not_taken(selector, problem):
    """The error tells the signature that was found."""
    registry = Registry([])

    with pytest.raises(InvalidSelector, match=problem) as caught:
        registry.register("ours", selector)

    assert (caught.value.selector, caught.value.distribution) == ("ours", None)
    assert registry.names == ()


def test_what_does_not_tell_its_signature_is_taken():
    """Some callables of C do not; they show what they take when they are asked."""
    registry = Registry([])

    registry.register("ours", min)

    assert registry["ours"].name == "min"


def test_a_name_is_taken_once():
    """The second selector is not registered."""
    registry = Registry([])
    registry.register("ours", buttle_selector())

    with pytest.raises(InvalidSelector, match=r"'ours': several have this name") as caught:
        registry.register("ours", raising(ValueError()))

    assert caught.value.selector == "ours"
    assert registry["ours"] is buttle_selector()


def test_nothing_is_imported_that_was_not_named(installed):
    """To know what is available takes metadata alone."""
    registry = Registry(installed(shop_b=("b", SOUND), shop_a=("a", SOUND)))

    available = registry.available
    registry.load("a")

    assert (available, registry.names) == (("a", "b"), ("a",))
    assert "shop_a" in sys.modules
    assert "shop_b" not in sys.modules


def test_a_loaded_plugin_names_its_distribution_and_passes_on_what_it_says(installed):
    """The name, the limits and the answer are the selector's."""
    registry = Registry(installed(shop_a=("a", SOUND)))
    registry.load("a")

    plugin = registry["a"]
    advice = recommend(PROFILE, plugin)

    assert (plugin.distribution, plugin.version, plugin.registered) == ("shop_a", "1.0", "a")
    assert plugin.name == buttle_selector().name
    assert str(plugin) == f"{buttle_selector().name} (shop_a 1.0)"
    assert plugin.thresholds(PROFILE) == buttle_selector().thresholds(PROFILE)
    assert {"strategic", "potential_value"} <= {*plugin.uses}
    assert advice == buttle_selector()(PROFILE)
    assert advice.selector is plugin


def test_to_load_again_changes_nothing(installed):
    """Nor does a distribution that stands on the path twice."""
    points = installed(shop_a=("a", SOUND))
    registry = Registry([*points, *points])
    registry.load("a", "a")
    first = registry["a"]

    registry.load("a")

    assert registry["a"] is first


def test_an_entry_point_of_no_known_distribution_can_be_loaded(installed):
    """Its origin is unknown, and said to be."""
    installed(shop_a=("a", SOUND))
    registry = Registry([EntryPoint("a", "shop_a:selector", "custlife.selectors")])

    registry.load("a")

    assert (registry["a"].distribution, registry["a"].version) == (None, None)
    assert str(registry["a"]).endswith("(an unknown distribution)")


def test_two_distributions_may_offer_one_name_until_it_is_asked_for(installed):
    """The error names both; other names load."""
    registry = Registry(
        installed(shop_a=("same", SOUND), shop_b=("same", SOUND), shop_c=("c", SOUND))
    )
    registry.load("c")

    with pytest.raises(InvalidSelector, match=r"this name: shop_\w 1\.0 and shop_\w 1\.0\."):
        registry.load("same")

    assert registry.names == ("c",)


def test_a_plugin_does_not_take_the_name_of_an_own_selector(installed):
    """Nor is it imported."""
    registry = Registry(installed(shop_a=("a", SOUND)))
    registry.register("a", buttle_selector())

    with pytest.raises(InvalidSelector, match=r"this name: the app's own and shop_a 1\.0\."):
        registry.load("a")

    assert "shop_a" not in sys.modules


def test_an_own_selector_does_not_take_the_name_of_a_plugin(installed):
    """The error says whose it is."""
    registry = Registry(installed(shop_a=("a", SOUND)))
    registry.load("a")

    with pytest.raises(InvalidSelector, match=r"this name: shop_a 1\.0 and the app's own\."):
        registry.register("a", buttle_selector())


def test_what_nobody_offers_cannot_be_loaded(installed):
    """The error tells what is installed."""
    registry = Registry(installed(shop_a=("a", SOUND)))

    with pytest.raises(UnknownSelector, match=r"Installed plug-ins: a\.") as caught:
        registry.load("b")

    assert caught.value.selector == "b"
    assert (caught.value.registered, caught.value.available) == ((), ("a",))


def test_what_is_installed_but_not_loaded_is_not_found(installed):
    """The error says that it could be loaded."""
    registry = Registry(installed(shop_a=("a", SOUND)))

    with pytest.raises(UnknownSelector, match=r"It is installed: load\('a'\) first") as caught:
        registry["a"]

    assert caught.value.available == ("a",)


@pytest.mark.parametrize(
    ("code", "error", "cause"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module", ModuleNotFoundError),
        ("", "AttributeError: ", AttributeError),
        ("raise ValueError('no licence')", "ValueError: no licence", ValueError),
    ],
    ids=["import", "attribute", "raises"],
)
def test_a_plugin_that_does_not_load_registers_nothing(installed, code, error, cause):
    """Not even those that were named before it."""
    registry = Registry(installed(shop_a=("a", SOUND), shop_bad=("bad", code)))

    with pytest.raises(SelectorFailed, match=error) as caught:
        registry.load("a", "bad")

    assert (caught.value.selector, caught.value.distribution) == ("bad", "shop_bad")
    assert caught.value.doing == "to load from shop_bad:selector"
    assert isinstance(caught.value.__cause__, cause)
    assert registry.names == ()


def test_a_plugin_that_is_no_selector_names_its_distribution(installed):
    """So that one knows whom to tell."""
    registry = Registry(installed(shop_bad=("bad", "def selector(a, b): pass")))

    with pytest.raises(InvalidSelector, match=r"of shop_bad: its signature is \(a, b\)") as caught:
        registry.load("bad")

    assert caught.value.distribution == "shop_bad"
    assert registry.names == ()


def test_a_plugin_that_raises_names_its_distribution():
    """Its own error is the cause."""
    error = ZeroDivisionError("by zero")
    plugin = Plugin(wrapped(raising(error)), "bold", "custlife-bold", "2.1")

    with pytest.raises(
        SelectorFailed, match=r"'bold' of custlife-bold failed for C-17.*: ZeroDivisionError: by z"
    ) as caught:
        recommend(PROFILE, plugin)

    assert (caught.value.selector, caught.value.distribution) == ("bold", "custlife-bold")
    assert caught.value.error == "ZeroDivisionError: by zero"
    assert caught.value.__cause__ is error
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_plugin_that_cannot_tell_its_limits_names_its_distribution():
    """As for every other of its errors."""

    @frozen
    class Broken(Selector):
        def __call__(self, profile):
            return None

        def thresholds(self, profile):
            raise KeyError("gone")

    plugin = Plugin(Broken(), "bold", "custlife-bold", "2.1")

    with pytest.raises(SelectorFailed, match="to give its thresholds") as caught:
        plugin.thresholds(PROFILE)

    assert isinstance(caught.value.__cause__, KeyError)


def test_a_plugin_that_recommends_nothing_has_not_failed():
    """In a combination the next one is asked."""
    passing = Plugin(
        wrapped(raising(NoRecommendation("bold", "C-17"))), "bold", "custlife-bold", "2.1"
    )

    with pytest.raises(NoRecommendation):
        recommend(PROFILE, passing)

    assert first_of(passing, buttle_selector())(PROFILE).row == "START-OPEN"


def test_a_plugin_that_gives_no_recommendation_names_its_distribution():
    """It is found by whoever asks."""
    plugin = Plugin(wrapped(lambda profile: "start"), "bold", "custlife-bold", "2.1")

    with pytest.raises(InvalidSelector, match=r"of custlife-bold: it gave 'start'") as caught:
        recommend(PROFILE, plugin)

    assert caught.value.distribution == "custlife-bold"


UNSOUND = """
from custlife.strategy import Selector

class Unsound(Selector):
    def __call__(self, profile):
        return None

    {attribute} = {value}

selector = Unsound()
"""
RAISES = "property(lambda self: 1 / 0)"


@pytest.mark.parametrize(
    ("attribute", "value", "error", "problem"),
    [
        ("name", "17", InvalidSelector, "its 'name' is 17"),
        ("name", RAISES, SelectorFailed, "to give its name: ZeroDivisionError"),
        ("uses", "'profit'", InvalidSelector, "its 'uses' is 'profit'"),
        ("uses", "(17,)", InvalidSelector, "it looks at 17"),
        ("uses", RAISES, SelectorFailed, "to give its uses: ZeroDivisionError"),
    ],
)
def test_a_plugin_with_an_unsound_attribute_names_its_distribution(
    installed, attribute, value, error, problem
):
    """Of a wrong type, or raising; found when it is loaded."""
    code = UNSOUND.format(attribute=attribute, value=value)
    registry = Registry(installed(shop_bad=("bad", code)))

    with pytest.raises(error, match=f"of shop_bad.*{problem}") as caught:
        registry.load("bad")

    assert caught.value.distribution == "shop_bad"
    assert registry.names == ()


@pytest.mark.parametrize("thresholds", [17, {"profits": []}, {"revenue": [1.5]}], ids=str)
def test_a_plugin_with_unsound_thresholds_names_its_distribution(thresholds):
    """Found when a counterfactual is searched."""

    class Unsound(Selector):
        def __call__(self, profile):
            return buttle_selector()(profile)

        def thresholds(self, profile):
            return thresholds

    plugin = Plugin(Unsound(), "bold", "custlife-bold", "2.1")

    with pytest.raises(InvalidSelector, match="of custlife-bold: its thresholds are") as caught:
        recommend(PROFILE, plugin).counterfactual()

    assert caught.value.distribution == "custlife-bold"


def test_a_plugin_that_cannot_say_why_it_passes_names_its_distribution():
    """A combination reads it, where another part decides."""

    class Broken(Selector):
        def __call__(self, profile):
            return None

        def passing(self, profile):
            raise KeyError("gone")

    ours = first_of(Plugin(Broken(), "bold", "custlife-bold", "2.1"), buttle_selector())

    with pytest.raises(SelectorFailed, match="of custlife-bold failed to say why it passes"):
        ours(PROFILE).facts  # noqa: B018 - the facts are worked out when they are read
