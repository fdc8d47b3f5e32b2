FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt
COPY . .
# Without it each visitor's browser asks a public server for ONNX Runtime Web.
RUN python -m fer_core.app.browser.fetch
# The dashboard writes nothing; it needs no rights.
USER nobody
ENV HOME=/tmp
# glibc gives threads pools of memory of their own, and every visitor has a thread: two pools take some 50 MB less.
ENV MALLOC_ARENA_MAX=2
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8501/_stcore/health')"]
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0"]
