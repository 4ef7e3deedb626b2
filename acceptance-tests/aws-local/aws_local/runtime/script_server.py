"""Serves a model with the user's script as the SageMaker scikit-learn container does; run as a script in the job's Python.

    python script_server.py PORT_FILE

Imports the module SAGEMAKER_PROGRAM names from SAGEMAKER_SUBMIT_DIRECTORY, loads the model, listens on a free port of
127.0.0.1 and writes its number to PORT_FILE. `model_fn(model_dir)` is required; `input_fn(body, content_type)`,
`predict_fn(data, model)`, `output_fn(prediction, accept)` have defaults for JSON, CSV and NPY; `transform_fn(model, body,
content_type, accept)` replaces those three. Needs numpy only where a default is used.

Source of the contract: github.com/aws/sagemaker-scikit-learn-container (serving.py) and the SageMaker Python SDK's page
on using scikit-learn.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
ANY = ("", "*/*")


class Unsupported(Exception):
    """A content type (415) or an accepted type (406) that the defaults do not know."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


def bare(content_type: str) -> str:
    """A content type without parameters, in lower case."""
    return content_type.split(";")[0].strip().lower()


def default_model_fn(model_dir):
    raise NotImplementedError("Please provide a model_fn implementation in the script")


def default_input_fn(body, content_type):
    import numpy

    kind = bare(content_type)
    if kind == JSON:
        return numpy.array(json.loads(body), dtype=numpy.float32)
    if kind == CSV:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        return numpy.genfromtxt(io.StringIO(text), delimiter=",", dtype=numpy.float32)
    if kind == NPY:
        return numpy.load(io.BytesIO(body), allow_pickle=False)
    raise Unsupported(415, f"Content type {content_type} is not supported by this framework.")


def default_predict_fn(data, model):
    return model.predict(data)


def default_output_fn(prediction, accept):
    import numpy

    kind = bare(accept)
    if kind == JSON:
        return json.dumps(prediction.tolist() if hasattr(prediction, "tolist") else prediction)
    if kind == CSV:
        text = io.StringIO()
        numpy.savetxt(text, numpy.asarray(prediction), delimiter=",", fmt="%s")
        return text.getvalue()
    if kind == NPY:
        binary = io.BytesIO()
        numpy.save(binary, numpy.asarray(prediction))
        return binary.getvalue()
    raise Unsupported(406, f"Accept type {accept} is not supported by this framework.")


class Handlers:
    """The script's functions, defaults where it has none, and the loaded model."""

    def __init__(self, module, model_dir):
        functions = {
            name: getattr(module, name, None) for name in ("input_fn", "predict_fn", "output_fn", "transform_fn")
        }
        self.transform = functions.pop("transform_fn")
        if self.transform and any(functions.values()):
            raise ValueError("Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn")
        self.input = functions["input_fn"] or default_input_fn
        self.predict = functions["predict_fn"] or default_predict_fn
        self.output = functions["output_fn"] or default_output_fn
        self.model = getattr(module, "model_fn", default_model_fn)(model_dir)

    def answer(self, body, content_type, accept):
        """The answer's bytes and content type."""
        # The toolkit hands text to the script as text.
        if bare(content_type) in (JSON, CSV) or bare(content_type).startswith("text/"):
            body = body.decode("utf-8")
        if self.transform:
            result = self.transform(self.model, body, content_type, accept)
        else:
            result = self.output(self.predict(self.input(body, content_type), self.model), accept)
        if isinstance(result, tuple):
            result, accept = result[0], result[1]
        if hasattr(result, "get_data"):
            result, accept = result.get_data(), result.mimetype
        return result if isinstance(result, bytes | bytearray) else str(result).encode("utf-8"), accept


def make_handler(handlers, default_accept):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body are written apart; without this the kernel waits 40 ms between them.
        disable_nagle_algorithm = True

        def do_GET(self):
            self.reply(200 if self.path == "/ping" else 404, b"", "application/json")

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/invocations":
                self.reply(404, b"", "text/plain")
                return
            content_type = self.headers.get("Content-Type") or JSON
            accept = self.headers.get("Accept") or ""
            accept = default_accept if accept in ANY else accept
            try:
                data, kind = handlers.answer(body, content_type, accept)
                self.reply(200, data, kind)
            except Unsupported as error:
                self.reply(error.status, str(error).encode(), "text/plain")
            except Exception as error:
                traceback.print_exc()
                self.reply(500, f"{type(error).__name__}: {error}".encode(), "text/plain")

        def reply(self, status, body, content_type):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, text, *values):
            if self.path != "/ping":
                print(f"{self.client_address[0]} - {text % values}", flush=True)

    return Handler


def main():
    sys.path.insert(0, os.environ["SAGEMAKER_SUBMIT_DIRECTORY"])
    module = importlib.import_module(os.environ["SAGEMAKER_PROGRAM"].removesuffix(".py").replace("/", "."))
    handlers = Handlers(module, os.environ["SM_MODEL_DIR"])
    accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(handlers, accept))
    server.daemon_threads = True
    partial = sys.argv[1] + ".partial"
    with open(partial, "w") as handle:
        handle.write(str(server.server_address[1]))
    os.rename(partial, sys.argv[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
