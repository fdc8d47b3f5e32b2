"""FER2013 from Kaggle, on demand."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fer_core.data.dataset import DatasetError, Progress
from fer_core.data.locate import HOW_TO_GET, KAGGLE_HANDLE, find_dataset, get_kaggle_folder

ARCHIVE_BYTES = 63_000_000
POLL_SECONDS = 0.3


def download_dataset(progress: Progress | None = None) -> Path:
    """Download FER2013 through kagglehub into its cache (about 63 MB) and return the folder.

    A copy that is already there is used. Raises DatasetError without network, without access, without kagglehub.
    """
    try:
        import kagglehub  # imported here: nothing but the download needs it
    except ImportError as error:
        raise DatasetError(
            f"The download needs the package kagglehub: pip install kagglehub, or {HOW_TO_GET}."
        ) from error
    with ThreadPoolExecutor(1) as pool:
        download = pool.submit(kagglehub.dataset_download, KAGGLE_HANDLE)
        # kagglehub reports to the terminal only, so the growing archive is watched instead.
        while progress and not download.done():
            progress(*_compute_progress(get_kaggle_folder()))
            time.sleep(POLL_SECONDS)
        try:
            folder = Path(download.result())
        except Exception as error:  # kagglehub and its HTTP client raise more than a dozen kinds
            raise DatasetError(f"Kaggle did not give FER2013 ({_explain(error)}): {HOW_TO_GET}.") from error
    if progress:
        progress(1.0, "Downloaded")
    return find_dataset(folder)


def _compute_progress(folder: Path) -> tuple[float, str]:
    size = sum(file.stat().st_size for file in folder.glob("*.archive")) if folder.is_dir() else 0
    if size >= 0.99 * ARCHIVE_BYTES:
        return 0.95, "Unpacking"
    return (
        0.9 * size / ARCHIVE_BYTES,
        f"Downloading from Kaggle: {size / 1e6:.0f} of about {ARCHIVE_BYTES / 1e6:.0f} MB",
    )


def _explain(error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return "it wants an account: put your API token into ~/.kaggle/kaggle.json"
    if isinstance(error, OSError) and status is None:  # requests' errors are OSErrors
        return "no connection"
    return f"{type(error).__name__}{f' {status}' if status else ''}"
