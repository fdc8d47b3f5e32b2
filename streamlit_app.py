"""The dashboard. Run it with `streamlit run streamlit_app.py`."""

from fer_core.app import router

router.run_app()
