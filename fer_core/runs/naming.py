"""What a run is called wherever people read: its title, and its seed where several share one."""

from collections import Counter
from collections.abc import Iterable

from fer_core.runs.run import Run


def name_runs(runs: Iterable[Run]) -> dict[str, str]:
    """Map each run's folder name to a name that no other of `runs` has: title, else with seed, else the folder's name.

    Of several seeds, the only one whose network answers photos keeps the plain title.
    """
    runs = list(runs)
    titles = Counter(run.title for run in runs)
    deployed = Counter(run.title for run in runs if run.model_path)
    names = {
        run.name: run.title
        if titles[run.title] == 1 or (run.model_path and deployed[run.title] == 1)
        else f"{run.title}, seed {run.seed}"
        for run in runs
    }
    taken = Counter(names.values())
    return {run: name if taken[name] == 1 else f"{name} ({run})" for run, name in names.items()}
