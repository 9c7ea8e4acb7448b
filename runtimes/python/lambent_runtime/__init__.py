"""Lambent's Python runtime: fetches invocations from the Runtime API, runs the handler, posts what it gave.

Only the standard library, and of that as little as can be: every import here is paid at each cold start. So the HTTP
client uses `_socket`, JSON goes through the C accelerator, and `json`, `logging` and `traceback` are loaded when
the function or a failure first needs them.
"""
