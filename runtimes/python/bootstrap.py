"""Entry point of Lambent's Python runtime: `bootstrap.py TASK_ROOT OPT_ROOT`.

The interpreter is started with `-S`: the host's site-packages must not leak into a function, and running `site`
would cost more than the whole of this runtime. What `site` gives to functions on AWS is given back below.
"""

import os
import sys


def arrange_search_path(task, opt, runtime):
    """AWS's order: code, layers, runtime, PYTHONPATH, standard library. The interpreter has placed the last two."""
    site_packages = "{}/python/lib/python{}.{}/site-packages".format(opt, *sys.version_info[:2])
    rest = [entry for entry in sys.path if entry != runtime]
    sys.path[:] = [task, site_packages, opt + "/python", runtime, *rest]


def restore_site_features(runtime):
    """`exit` and `quit`, and the `sitecustomize` by which tracing layers hook in: only one the function brings."""
    import builtins

    import _sitebuiltins

    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "end of file"))
    brought = os.environ.get("PYTHONPATH", "").split(":") + sys.path[:3]
    for entry in brought:
        if entry and entry != runtime and os.path.exists(entry + "/sitecustomize.py"):
            import sitecustomize  # noqa: F401
            return


def main(arguments):
    runtime = os.path.dirname(os.path.abspath(__file__))
    if runtime not in sys.path:  # PYTHONSAFEPATH
        sys.path.insert(0, runtime)
    # Before the function's own directories are searched: no file of theirs can stand in for the runtime's.
    from lambent_runtime import loop

    task, opt = arguments[:2]
    sys.argv[1:] = []
    arrange_search_path(task, opt, runtime)
    restore_site_features(runtime)
    loop.run(os.environ["AWS_LAMBDA_RUNTIME_API"], os.environ.get("_HANDLER", ""))


if __name__ == "__main__":
    main(sys.argv[1:])
