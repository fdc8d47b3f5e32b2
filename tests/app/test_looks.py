"""A network looks the same on all pages, and like no other."""

from types import SimpleNamespace

from fer_core.app.looks import assign_looks, make_look, pick_look


def run(name, title="", variant=False):
    experiment, _, seed = name.rpartition("-s")
    config = SimpleNamespace(ablation_of="a" if variant else None)
    title = title or experiment
    return SimpleNamespace(
        name=name, title=title, experiment=experiment, seed=int(seed), config=config, model_path=None
    )


def test_sixty_four_networks_differ_in_colour_or_mark():
    looks = [make_look(place) for place in range(64)]
    assert len({(look.color, look.mark) for look in looks}) == 64
    assert len({look.color for look in looks[:8]}) == len({look.mark for look in looks[:8]}) == 8


def test_first_seeds_come_first_then_other_seeds_then_variants():
    looks = assign_looks([run("a-s0"), run("a-half-s0", variant=True), run("a-s1"), run("b-s0")])
    assert [looks[name] for name in ("a-s0", "b-s0", "a-s1", "a-half-s0")] == [make_look(place) for place in range(4)]


def test_a_network_is_found_by_folder_name_and_title():
    looks = assign_looks([run("a-s0", "Compact"), run("a-s1", "Compact")])
    assert looks["a-s0"] == looks["Compact"] == looks["Compact, seed 0"] != looks["Compact, seed 1"]
    assert pick_look(looks, "people", 3) == make_look(3)
