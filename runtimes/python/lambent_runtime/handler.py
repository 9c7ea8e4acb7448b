"""From the configured handler (`module.function`, `directory/module.function`) to the function to call."""

import sys

from .failure import Fault


def resolve(handler):
    """Import the module and take the function out of it. Raises Fault, or whatever the module's code raised."""
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '{}': {}".format(handler, error))
    if module_name.split(".")[0] in sys.builtin_module_names:
        text = "Cannot use built-in module {} as a handler module".format(module_name)
        raise Fault("Runtime.BuiltInModuleConflict", text)
    module = _load(module_name)
    try:
        return getattr(module, function_name)
    except AttributeError:
        text = "Handler '{}' missing on module '{}'".format(function_name, module_name)
        raise Fault("Runtime.HandlerNotFound", text)


def _load(module_name):
    dotted = module_name.replace("/", ".")
    try:
        if dotted.startswith("."):
            import importlib

            return importlib.import_module(dotted)
        # The same for a full name, without loading `importlib`.
        __import__(dotted)
        return sys.modules[dotted]
    except ImportError as error:
        text = "Unable to import module '{}': {}".format(module_name, error)
        raise Fault("Runtime.ImportModuleError", text)
    except SyntaxError as error:
        place = '  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)
        text = "Syntax error in module '{}': {}".format(module_name, error)
        raise Fault("Runtime.UserCodeSyntaxError", text, [place])
