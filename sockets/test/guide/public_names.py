"""Prints the public names of the modules that docs/socketserver.md covers: module, name, separated by a tab."""
import inspect, multiprocessing, multiprocessing.connection, multiprocessing.managers, multiprocessing.pool, multiprocessing.shared_memory
import queue, selectors, socket, socketserver, threading


def members(cls, inherited=False):
    return [name for name in (dir(cls) if inherited else vars(cls)) if not name.startswith("_")]


def show(module, names):
    for name in names:
        print(module, name, sep="\t")


for module in (socketserver, threading, queue):
    for name in module.__all__:
        show(module.__name__, [name])
        thing = getattr(module, name)
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            inherited = module is threading
            tuples = ("count", "index", "n_fields", "n_sequence_fields", "n_unnamed_fields")
            show(module.__name__, [f"{name}.{member}" for member in members(thing, inherited) if member not in tuples])

own = [name for name, thing in vars(selectors).items()
       if not name.startswith("_") and getattr(thing, "__module__", "selectors") == "selectors" and not inspect.ismodule(thing)]
show("selectors", [name for name in own if name not in ("ABCMeta", "Mapping", "abstractmethod", "namedtuple", "DevpollSelector", "KqueueSelector")])
show("selectors", [f"BaseSelector.{member}" for member in members(selectors.BaseSelector)])
show("selectors", [f"SelectorKey.{member}" for member in members(selectors.SelectorKey, True)])
show("selectors", [f"EpollSelector.{member}" for member in members(selectors.EpollSelector, True) if member not in members(selectors.BaseSelector)])

show("multiprocessing", multiprocessing.__all__)
show("multiprocessing", [f"Process.{member}" for member in members(multiprocessing.Process, True)])
show("multiprocessing", [f"Pool.{member}" for member in members(multiprocessing.pool.Pool)])
show("multiprocessing", [f"connection.{name}" for name in multiprocessing.connection.__all__])
show("multiprocessing", [f"Connection.{member}" for member in members(multiprocessing.connection.Connection, True)])
show("multiprocessing", [f"shared_memory.{name}" for name in multiprocessing.shared_memory.__all__])
show("multiprocessing", [f"managers.{name}" for name in multiprocessing.managers.__all__])

show("socket", [f"socket.{member}" for member in members(socket.socket, True)])
