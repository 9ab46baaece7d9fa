"""Seeds."""

from imbtool.core.seeds import derive_seed


def test_a_seed_depends_on_every_part_of_its_identity_and_on_nothing_else():
    assert derive_seed(0, "fold", 1, 2) == derive_seed(0, "fold", 1, 2)
    seeds = {derive_seed(s, w, r, f) for s in (0, 1) for w in ("a", "b") for r in range(5) for f in range(5)}
    assert len(seeds) == 100
    assert derive_seed("a", "bc") != derive_seed("ab", "c")


def test_a_seed_is_the_same_on_every_machine_and_fits_every_library():
    assert derive_seed(0, "golden") == 1571846068
    assert all(0 <= derive_seed(i) < 2**31 for i in range(1000))
