"""What `train.py` says: progress with the time left, and the table against the paper."""

import sys

from fer_core.command import format_duration
from fer_core.runs import Run, compare_with_paper
from fer_core.runs.registry import METRICS
from fer_core.training.experiments import EXPERIMENTS, Experiment

RECENT = 5
GROUPS = {
    "study": "The study's three experiments",
    "ablation": "The study's recipe on its network at a quarter of the width, and with one thing changed each time",
    "works": "The families that the study reviews, under one protocol: as Gan is said to have trained, and with a sound recipe",
    "ours": "Our own",
    "crowd": "Our own, learning the crowd's votes (FER+) instead of FER2013's labels",
    "curve": "Our compact network on fewer training pictures",
}


class Progress:
    """Print a line per finished epoch: its numbers, the best epoch so far, and the time left."""

    def __init__(self, experiment: Experiment, stream=None):
        self.experiment, self.stream = experiment, stream or sys.stdout

    def __call__(self, row: dict, history: list[dict]) -> None:
        best = max(history, key=lambda past: past["val_accuracy"])
        seconds = [past["seconds"] for past in history[-RECENT:]]
        left = (self.experiment.epochs - row["epoch"]) * sum(seconds) / len(seconds)
        print(
            f"epoch {row['epoch']:3d}/{self.experiment.epochs}"
            f"  loss {row['loss']:.4f}  accuracy {row['accuracy']:.4f}"
            f"  val_loss {row['val_loss']:.4f}  val_accuracy {row['val_accuracy']:.4f}"
            f"  best {best['val_accuracy']:.4f} at {best['epoch']}"
            f"  rate {row['learning_rate']:.2g}  {row['seconds']:.0f} s, {format_duration(left)} left",
            file=self.stream,
            flush=True,
        )


def format_experiments() -> str:
    """The table of `--list`, group by group."""
    width = max(map(len, EXPERIMENTS))
    parts = []
    for group, heading in GROUPS.items():
        rows = [
            f"  {name:<{width}}  {experiment.title}; {experiment.epochs} epochs, batch {experiment.batch_size}. "
            f"{experiment.note}."
            for name, experiment in EXPERIMENTS.items()
            if experiment.group == group
        ]
        parts.append("\n".join([heading, *rows]))
    return "\n\n".join(parts)


def format_result(run: Run) -> str:
    """The run's headline numbers, and for one of the study's experiments every cell of Table 1 beside ours."""
    test = run.metrics.test
    low, high = test.accuracy_ci95
    lines = [f"\n{run.title}, seed {run.seed}: weights of epoch {run.best_epoch} of {len(run.history)}"]
    if members := run.config.members:
        lines = [f"\n{run.title}: {', '.join(members)}"]
    lines.append(f"  test accuracy {test.accuracy:.4f} (95 % interval {low:.4f} to {high:.4f}, n = {test.n})")
    if run.metrics.test_tta:
        lines.append(f"  with test-time augmentation ({run.config.tta}) {run.metrics.test_tta.accuracy:.4f}")
    lines.append(f"  validation accuracy {run.metrics.validation.accuracy:.4f}")
    lines += [
        f"  {metric.label} {metric.read(test):.4f}"
        for metric in METRICS.values()
        if metric.name != "accuracy" and not metric.per_class and metric.read(test) is not None
    ]
    if run.config.paper_experiment:
        lines.append(format_comparison(run))
    return "\n".join(lines)


def format_quantised(run: Run) -> str:
    """What storing the model in 4 and 8 bits saved and cost."""
    found = run.metrics.quantised
    return (
        f"  quantised from {found.bytes_before / 1e6:.1f} to {found.bytes / 1e6:.1f} MB: test accuracy "
        f"{found.accuracy_before:.4f} before, {found.accuracy:.4f} after; the same answer to "
        f"{found.agreement:.2%} of {found.n:,} pictures"
    )


def format_comparison(run: Run) -> str:
    """Table 1 of the paper, its row for this experiment, cell by cell."""
    lines = [f"  {'Table 1':<24}{'paper':>9}{'ours':>9}{'difference':>12}{'last epoch':>12}"]
    for row in compare_with_paper(run):
        ours, last = (f"{value:.4f}" if value is not None else "–" for value in (row.ours, row.last_epoch))
        difference = "–" if row.difference is None else f"{row.difference:+.4f}"
        lines.append(f"  {row.split + ' ' + row.metric:<24}{row.printed:>9}{ours:>9}{difference:>12}{last:>12}")
    return "\n".join(lines)
