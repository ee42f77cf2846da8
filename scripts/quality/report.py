"""Print scores as the Markdown tables of `docs/quality.md`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from quality.scoring import Score, mean
from quality.symbols import SymbolAnswer


def table(title: str, rows: Mapping[str, Sequence[Score]]) -> None:
    """Print the mean of each measure, one row for each name in `rows`."""
    print(f"\n| {title} | questions | NDCG@10 | recall@10 | MRR |\n|---|---|---|---|---|")
    for name, scores in rows.items():
        print(
            f"| {name} | {len(scores)} | {mean(s.ndcg for s in scores):.3f} | "
            f"{mean(s.recall for s in scores):.3f} | {mean(s.reciprocal_rank for s in scores):.3f} |"
        )


def side_by_side(title: str, key: str, columns: Mapping[str, Sequence[Score]]) -> None:
    """Print the NDCG@10 of each column, one row for each value of the question's attribute `key`."""
    grouped = {name: _grouped(scores, key) for name, scores in columns.items()}
    print(f"\n| {title} | questions | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}")
    first = next(iter(grouped.values()))
    for group, scores in first.items():
        cells = (f"{mean(s.ndcg for s in one[group]):.3f}" for one in grouped.values())
        print(f"| {group} | {len(scores)} | {' | '.join(cells)} |")


def ablations(whole: Mapping[str, Sequence[Score]], without: Mapping[str, Mapping[str, list[Score]]]) -> None:
    """Print what NDCG@10 loses without each signal, one column for each choice of tiers."""
    print(f"\n| without | {' | '.join(whole)} |\n|---|{'---|' * len(whole)}")
    for signal, columns in without.items():
        cells = []
        for name, scores in columns.items():
            lost = mean(s.ndcg for s in scores) - mean(s.ndcg for s in whole[name])
            cells.append(f"{mean(s.ndcg for s in scores):.3f} ({lost:+.3f})")
        print(f"| {signal} | {' | '.join(cells)} |")


def other_words(rows: Mapping[str, Sequence[Score]]) -> None:
    """Print recall@5 and MRR of the questions in other words."""
    print("\n| in other words | questions | recall@5 | MRR |\n|---|---|---|---|")
    for name, scores in rows.items():
        recall, rank = mean(s.recall_at_5 for s in scores), mean(s.reciprocal_rank for s in scores)
        print(f"| {name} | {len(scores)} | {recall:.2f} | {rank:.3f} |")


def first_hits(kinds: Mapping[str, Sequence[SymbolAnswer]], goal: float, failures: int) -> None:
    """Print how often the definition is the first hit, and up to `failures` names for which it is not."""
    print("\n| typed | names | the definition is first | goal |\n|---|---|---|---|")
    for kind, answers in kinds.items():
        share = mean(one.first for one in answers)
        print(f"| {kind} | {len(answers)} | {share:.1%} | {goal:.0%} |")
    for kind, answers in kinds.items():
        for one in [one for one in answers if not one.first][:failures]:
            chunk = one.symbol.chunk
            wanted = f"{chunk.path}:{chunk.start_line}-{chunk.end_line}"
            print(f"  {kind} {one.symbol.query}: wanted {wanted}, first {one.shown}")


def failures(scores: Iterable[Score], most: int) -> None:
    """Print the `most` worst answers, each with the right files and the hits."""
    for item in sorted(scores, key=lambda s: s.ndcg)[:most]:
        wanted = ", ".join(target.path for target in item.question.targets)
        print(f"\n{item.ndcg:.2f} {item.question.repository}: {item.question.query}\n  wanted {wanted}")
        for path, start, end in item.locations:
            print(f"    {path}:{start}-{end}")


def _grouped(scores: Iterable[Score], key: str) -> dict[str, list[Score]]:
    groups: dict[str, list[Score]] = defaultdict(list)
    for item in scores:
        groups[getattr(item.question, key)].append(item)
    return dict(sorted(groups.items()))
