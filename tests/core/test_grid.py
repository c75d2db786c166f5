"""The index behind a large map: exact counts, fair samples that hold each other, density, loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings_core.errors import InputError
from embeddings_core.grid import EACH, Grid, enclosed

FINITE = st.floats(-1e3, 1e3, width=32)
COORDS = st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=60).map(lambda rows: np.array(rows, np.float32))
LOOPS = st.lists(st.tuples(FINITE, FINITE), min_size=3, max_size=20).map(np.array)


def clusters(n: int, dims: int = 2, seed: int = 0) -> np.ndarray:
    """Dense groups, a thin cloud around them, and one far point, the last."""
    random = np.random.default_rng(seed)
    centers = random.normal(size=(6, dims)) * 8
    coords = centers[random.integers(6, size=n)] + random.normal(size=(n, dims)) * random.gamma(1, 0.5, size=(n, 1))
    coords[-1] = 40
    return coords.astype(np.float32)


def cells_of(grid: Grid) -> np.ndarray:
    """The cell of every point, computed anew."""
    low, high = (end.astype(float) for end in (grid.coords.min(axis=0), grid.coords.max(axis=0)))
    along = np.clip(np.floor((grid.coords - low) * (grid.side / (high - low))), 0, grid.side - 1).astype(int)
    return np.ravel_multi_index(tuple(along.T), (grid.side,) * grid.dims)


def within(coords: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    x, y = coords.astype(float).T
    return np.flatnonzero((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]))


def even_odd(coords: np.ndarray, loop: np.ndarray) -> list[int]:
    """Point by point, edge by edge."""
    found = []
    for item, (x, y) in enumerate(coords.astype(float).tolist()):
        odd = False
        for (x0, y0), (x1, y1) in zip(loop.tolist(), np.roll(loop, -1, axis=0).tolist(), strict=True):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                odd = not odd
        found += [item] if odd else []
    return found


def star(corners: int, radius: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radii = radius * (1 + 0.4 * np.sin(9 * angles))
    return np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])


BOXES = [(-3.0, -3.0, 3.0, 3.0), (-9.0, -2.0, 4.0, 20.0), (0.1, 0.1, 0.4, 0.3), (-1e300, -1e9, 1e300, 1e9), (5,) * 4]


@pytest.mark.parametrize("n", [1, 7, 500, 20_000])
@pytest.mark.parametrize("box", BOXES)
def test_where_there_is_room_a_view_has_exactly_what_lies_in_the_box(n: int, box: tuple) -> None:
    coords = clusters(n)
    view = Grid(coords).view(box, n)
    assert np.sort(view.items).tolist() == within(coords, box).tolist()
    assert view.total == len(view.items)
    assert view.items.dtype == np.int32


@given(COORDS, st.tuples(FINITE, FINITE, FINITE, FINITE), st.integers(0, 70))
def test_views_of_any_points_are_exact_and_small_enough(coords: np.ndarray, ends: tuple, most: int) -> None:
    box = (min(ends[0], ends[2]), min(ends[1], ends[3]), max(ends[0], ends[2]), max(ends[1], ends[3]))
    view, there = Grid(coords).view(box, most), within(coords, box)
    assert view.total == len(there)
    assert len(view.items) == min(most, view.total)
    assert set(view.items.tolist()) <= set(there.tolist())
    assert len(set(view.items.tolist())) == len(view.items)


def test_ends_of_a_box_that_no_float32_holds_are_not_rounded() -> None:
    tenth = np.float32(0.1)  # a little more than 0.1
    grid = Grid(np.array([[tenth, 0], [0, 0], [1, 1]], np.float32))
    assert grid.view((0.1, 0, 0.5, 1), 9).items.tolist() == [0]
    assert grid.view((0, 0, 0.1, 1), 9).items.tolist() == [1]
    assert grid.view((0.1, 0, 0.1, 1), 9).total == 0
    assert grid.view((float(tenth), 0, float(tenth), 0), 9).items.tolist() == [0]


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("most", [0, 1, 10, 999, 20_000, 30_000])
def test_a_view_of_all_has_as_many_as_may_be(dims: int, most: int) -> None:
    view = Grid(clusters(20_000, dims)).view(None, most)
    assert view.total == 20_000
    assert len(set(view.items.tolist())) == len(view.items) == min(most, 20_000)


def test_what_is_drawn_of_a_large_part_is_drawn_of_every_part_of_it() -> None:
    coords = clusters(50_000)
    grid, random, most = Grid(coords), np.random.default_rng(1), 2_000
    for _ in range(30):
        x0, y0, x1, y1 = box = (*random.uniform(-15, 0, 2), *random.uniform(0, 15, 2))
        smaller = (*random.uniform((x0, y0), 0), *random.uniform(0, (x1, y1)))
        before = grid.view(box, most).items
        kept = before[np.isin(before, within(coords, smaller))]
        assert set(kept.tolist()) <= set(grid.view(smaller, most).items.tolist())
    assert set(grid.view(None, 500).items.tolist()) <= set(grid.view(None, 501).items.tolist())


def test_the_drawing_order_is_the_same_in_every_view_and_favors_nothing() -> None:
    coords = clusters(20_000)
    grid = Grid(coords)
    large, small = grid.view(None, 5_000).items, grid.view((-9, -9, 9, 9), 5_000).items
    both = np.intersect1d(large, small)
    assert large[np.isin(large, both)].tolist() == small[np.isin(small, both)].tolist()
    cells = cells_of(grid)
    place = np.arange(len(large))
    for favored in (large, cells[large], np.bincount(cells)[cells[large]], grid._rank[large]):
        assert abs(np.corrcoef(place, favored)[0, 1]) < 0.05


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_every_cell_shows_where_there_is_room_and_no_cell_gets_more_than_its_share(dims: int, seed: int) -> None:
    grid = Grid(clusters(30_000, dims, seed), seed)
    cells = cells_of(grid)
    occupied, counts = np.unique(cells, return_counts=True)
    most = 2 * len(occupied)
    drawn = np.bincount(cells[grid.view(None, most).items], minlength=cells.max() + 1)[occupied]
    assert drawn.min() >= 1
    share = np.median(drawn[counts > 200] / counts[counts > 200])
    assert share >= 0.4 * most / len(cells)  # what only shows a cell takes about half at most
    assert (np.abs(drawn - share * counts) <= 1.1 + 0.01 * counts).all()


def test_with_less_room_a_sample_is_in_proportion_and_still_everywhere() -> None:
    coords = clusters(100_000)
    grid = Grid(coords)
    assert len(np.unique(cells_of(grid))) > 1_000
    items = grid.view(None, 1_000).items
    assert len(coords) - 1 in items  # alone and far away
    dense = np.linalg.norm(coords - np.median(coords[:5], axis=0), axis=1)
    near = dense < np.quantile(dense, 0.5)
    assert 0.35 < near[items].mean() < 0.65


def test_each_point_of_even_data_is_as_likely_as_another() -> None:
    coords = np.random.default_rng(0).random((4_000, 2)).astype(np.float32)
    taken = np.zeros(len(coords))
    for seed in range(40):
        taken[Grid(coords, seed).view(None, 2_000).items] += 1
    assert abs(taken[:2_000].mean() - 20) < 0.5
    left = coords[:, 0] < 0.5
    assert abs(taken[left].mean() - taken[~left].mean()) < 0.5
    assert taken.std() < 5


def test_equal_seeds_give_equal_views_and_others_do_not() -> None:
    coords = clusters(5_000)
    first, again, other = (Grid(coords, seed).view((-9, -9, 9, 9), 300).items for seed in (4, 4, 5))
    assert first.tolist() == again.tolist()
    assert set(first.tolist()) != set(other.tolist())


@pytest.mark.parametrize("coords", [[[3, 4]], [[3, 4]] * 1_000, [[0, 1], [0, 2]], [[1e38, -1e38], [-3e38, 3e38]]])
def test_points_of_no_extent_are_points_too(coords: list) -> None:
    coords = np.array(coords, np.float32)
    grid, (x, y) = Grid(coords), coords[0].tolist()
    here = (coords == coords[0]).all(axis=1).sum()
    assert grid.view((x, y, x, y), 10_000).total == here
    assert len(grid.view(None, 5).items) == min(5, len(coords))
    assert grid.view((1e39, 1e39, 1e40, 1e40), 5).total == 0
    assert grid.view((-1e300, -1e300, 1e300, 1e300), 5).total == len(coords)
    assert grid.density((x, y, x, y), 3, 2).tolist() == [[here, 0, 0], [0, 0, 0]]
    assert grid.inside(np.array([[1e39, 0], [1e40, 0], [1e40, 1]])).tolist() == []


def test_the_ends_of_a_box_may_come_in_any_order() -> None:
    coords = clusters(500)
    coords.setflags(write=False)
    grid = Grid(coords)
    assert grid.coords is coords
    assert grid.view((3, 4, -3, -2), 500).items.tolist() == grid.view((-3, -2, 3, 4), 500).items.tolist()
    assert (grid.density((3, 4, -3, -2), 5, 4) == grid.density((-3, -2, 3, 4), 5, 4)).all()


@pytest.mark.parametrize("box", [(0, 0, np.inf, 1), (np.nan, 0, 1, 1), (0, -np.inf, 1, 1)])
def test_a_box_that_is_not_finite_is_refused(box: tuple) -> None:
    grid = Grid(clusters(50))
    with pytest.raises(InputError):
        grid.view(box, 10)
    with pytest.raises(InputError):
        grid.density(box, 4, 4)


@pytest.mark.parametrize("coords", [np.zeros((0, 2)), np.zeros((3, 4)), np.zeros(3), [[0, np.nan]], [[np.inf, 0]]])
def test_coordinates_of_no_map_are_refused(coords: object) -> None:
    with pytest.raises(InputError):
        Grid(coords)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        enclosed(coords, star(5, 1))  # type: ignore[arg-type]


def test_a_solid_map_has_no_boxes_and_loops_of_its_own() -> None:
    grid = Grid(clusters(100, 3))
    assert grid.view((0, 0, 0, 0), 10).total == 100
    with pytest.raises(InputError):
        grid.density((0, 0, 1, 1), 2, 2)
    with pytest.raises(InputError):
        grid.inside(star(5, 1))


@pytest.mark.parametrize("box", [(-3.0, -3.0, 3.0, 3.0), (-30.0, -2.0, 4.0, 20.0), (0.1, 0.1, 0.4, 0.3)])
@pytest.mark.parametrize(("wide", "high"), [(1, 1), (7, 3), (40, 64)])
@pytest.mark.parametrize("n", [1, 300, 20_000])
def test_density_counts_each_point_of_the_box_once(box: tuple, wide: int, high: int, n: int) -> None:
    coords = clusters(n)
    counts = Grid(coords).density(box, wide, high)
    there = coords[within(coords, box)].astype(float)
    ends = [[box[1], box[3]], [box[0], box[2]]]
    expected, _, _ = np.histogram2d(there[:, 1], there[:, 0], bins=(high, wide), range=ends)
    assert counts.dtype == np.uint32
    assert counts.shape == (high, wide)
    assert counts.tolist() == expected.tolist()


def test_the_first_row_of_a_density_is_the_lowest() -> None:
    grid = Grid(np.array([[0, 0], [1, 0], [1, 0], [1, 1]], np.float32))
    assert grid.density((0, 0, 1, 1), 2, 2).tolist() == [[1, 2], [0, 1]]
    assert not grid.density((5, 5, 6, 6), 2, 2).any()


@pytest.mark.parametrize(("wide", "high"), [(0, 4), (4, -1), (10**6, 4)])
def test_a_density_of_no_or_too_many_cells_is_refused(wide: int, high: int) -> None:
    with pytest.raises(InputError):
        Grid(clusters(50)).density((0, 0, 1, 1), wide, high)


@given(COORDS, LOOPS)
@example(np.zeros((1, 2), np.float32), np.array([[-1, 0], [-81, -1.8e-137], [-9.4e-271, 1.4e-214]]))
def test_any_loop_has_what_a_walk_around_it_finds(coords: np.ndarray, loop: np.ndarray) -> None:
    expected = even_odd(coords, loop)
    assert Grid(coords).inside(loop).tolist() == expected
    assert enclosed(coords, loop).tolist() == expected


@given(st.integers(3, 40), st.integers(0, 10**6))
def test_loops_through_points_and_along_axes_are_exact(corners: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    coords = random.integers(0, 5, (60, 2)).astype(np.float32)
    loop = random.integers(0, 5, (corners, 2)).astype(float)
    assert Grid(coords).inside(loop).tolist() == even_odd(coords, loop)


@pytest.mark.parametrize("corners", [3, 100, 500])
def test_loops_on_large_maps_are_exact(corners: int) -> None:
    coords = clusters(EACH * 400)
    for radius in (2.0, 12.0):
        items = Grid(coords).inside(star(corners, radius))
        assert items.dtype == np.int32
        assert items.tolist() == even_odd(coords, star(corners, radius))


@pytest.mark.parametrize("loop", [np.empty((0, 2)), [[0, 0]], [[-9, -9], [9, 9]], [[1, 1]] * 5])
def test_a_loop_around_nothing_is_empty(loop: object) -> None:
    coords = clusters(500)
    assert Grid(coords).inside(loop).tolist() == []  # type: ignore[arg-type]
    assert enclosed(coords, loop).tolist() == []  # type: ignore[arg-type]


@pytest.mark.parametrize("loop", [[[0, 0], [1, np.nan], [1, 1]], [[0, 1e200]] * 3, [[0, 0, 0]] * 3, [1, 2, 3]])
def test_what_is_no_loop_is_refused(loop: object) -> None:
    with pytest.raises(InputError):
        Grid(clusters(50)).inside(loop)  # type: ignore[arg-type]


def test_a_loop_on_a_solid_map_is_seen_through_the_matrix() -> None:
    coords = clusters(3_000, 3)
    matrix = np.random.default_rng(0).normal(size=(4, 4))
    seen = np.column_stack([coords, np.ones(len(coords))]) @ matrix.T
    before = np.flatnonzero(seen[:, 3] > 0)
    assert 0 < len(before) < len(coords)
    expected = before[even_odd(seen[before, :2] / seen[before, 3:], star(9, 1))]
    assert len(expected)
    assert enclosed(coords, star(9, 1), matrix).tolist() == expected.tolist()


def test_what_is_behind_the_viewer_is_out() -> None:
    coords = np.array([[0, 0, 1], [0, 0, -1], [0, 0, 0], [9, 0, 1]], np.float32)
    matrix = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0]])
    assert enclosed(coords, np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]), matrix).tolist() == [0]


@pytest.mark.parametrize(("dims", "matrix"), [(3, None), (2, np.eye(4)), (3, np.eye(3)), (3, np.full((4, 4), np.nan))])
def test_a_matrix_that_does_not_fit_is_refused(dims: int, matrix: np.ndarray | None) -> None:
    with pytest.raises(InputError):
        enclosed(clusters(50, dims), star(5, 1), matrix)
