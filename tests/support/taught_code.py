"""Files with docstrings in words that their code does not have, so that there is something to learn."""

from __future__ import annotations

from collections.abc import Sequence

_ACTS = {
    "Send": "dispatch_out", "Remember": "persist_row", "Forget": "purge_row", "Compare": "diff_pair",
    "Translate": "map_locale", "Count": "tally_all", "Shrink": "zip_blob", "Draw": "render_canvas",
    "Guess": "infer_prior", "Repair": "patch_gap", "Wake": "signal_thread", "Hide": "mask_layer",
    "Mix": "blend_pool", "Sort": "rank_keys", "Watch": "poll_inode", "Measure": "gauge_probe",
}  # fmt: skip
_THINGS = {
    "letters": "envelope", "colours": "rgb_tuple", "prices": "amount_minor", "guests": "attendee",
    "roads": "edge_weight", "songs": "track_meta", "plants": "seedling", "clouds": "vapor_grid",
    "boats": "hull_spec", "dreams": "latent_code", "keys": "cipher_text", "stones": "mesh_vertex",
    "birds": "flock_agent", "shadows": "ray_hit", "clocks": "tick_counter", "rivers": "flow_field",
}  # fmt: skip
_WAYS = ("before the morning", "for every neighbour", "without a sound", "as often as needed")

TEXTS: Sequence[str] = tuple(f"text {number}" for number in range(8))


def taught_files(most: int) -> dict[str, str]:
    """At most `most` files of a function each, path → text."""
    found = {}
    for number, (act, thing, way) in enumerate(
        (act, thing, way) for way in _WAYS for act in _ACTS for thing in _THINGS
    ):
        if number == most:
            break
        verb, noun = _ACTS[act], _THINGS[thing]
        found[f"app/{verb}_{noun}_{number}.py"] = (
            f"def run_{number}(queue, limit):\n"
            f'    """{act} the {thing} of the house {way}."""\n'
            f"    for {noun} in queue[:limit]:\n"
            f"        outcome = {verb}({noun}, level={number % 7})\n"
            f"        queue.ack({noun}, outcome)\n"
            f"    return queue.flush('{noun}', {number})\n"
        )
    return found
