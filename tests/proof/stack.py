"""The most stack that the library takes, from what GCC writes beside the objects of a build with
-fcallgraph-info=su: a frame for each function, and who calls whom.

    stack.py LIMIT DIRECTORY...

Every function is followed along its deepest path of calls. A call through a table or through the
pointer of a worker or a line search counts as the deepest function that it may reach; any other
indirect call, a cycle, a frame without a bound and an unknown external function are refused.
"""

import pathlib
import re
import sys

# Calls through pointers: where they stand, and the functions that they may reach.
INDIRECT = [
    (r"/(nn/(forward|point_streams|packed_pass)|signals/signal_pass|tape/replay|train/normal_matrix)\.",
     r"/instruction_sets/network/\w+\.cpp:(?!.*(PeriodicStencil|Recurrence))"
     r"|12forward_loop|13backward_loop"),
    (r"/tape/collapse\.", r"10operations\w+3sumEd"),
    (r"/tape/tangents\.", r"10operations\w+7tangentI"),
    (r"/step/(stepper|tridiagonal)\.",
     r"/instruction_sets/network/\w+\.cpp:.*(PeriodicStencil|Recurrence)"),
    (r"/step/family_matrix\.", r"LayerParametersENS_10EntryPlaceE"),
    (r"/step/measured_symbol\.", r"7StepperI[fd]E4step"),  # the library's own; a user's is a user's
    (r"/core/workers\.", r"7Workers3run.*_FUN"),
    (r"/train/line_search_method\.",
     r"16LineSearchMethod.*(7iterate|12curvature_of).*_FUN"),
    (r"/pde/(ansatz|problem|residual)\.", r"/pde/problems\.cpp:"),
    (r"/step/(scheme|stability)\.", r"(?<!Scheme)ENS_11StepNumbersEdd?$|_FUNES0_dd?$"),
]

# What comes with the compiler and the system, in bytes: an allowance for each kind. None of it
# calls the library, but for the thread that pthread_create starts.
ALLOWANCES = [
    (r"mem(cpy|move|set|cmp)|strlen", 64),
    (r"(sin|cos|sincos|atan2|exp|expm1|log|log1p|pow|sqrt|tanh|hypot|cabs)f?", 1024),
    (r"(ceil|floor|round|frexp|ldexp|fmin|fmax)f?", 256),
    (r"__(aeabi|aarch64|atomic)_\w+|__(mul|div)[sd]c3", 256),
    (r"(pthread|sched|sig|__sysconf)\w*", 1024),
]
# An entry that aligns its frame by itself may skip this much more.
ALIGNMENT = 64


class Graph:
    def __init__(self):
        self.frames = {}  # of each function
        self.symbols = {}  # the functions of that name
        self.names = {}
        self.calls = {}
        self.faults = set()

    def read(self, path):
        for line in path.read_text().splitlines():
            node = re.match(r'node: \{ title: "([^"]*)" label: "([^"]*)"', line)
            if node:
                self.add_node(*node.groups())
            edge = re.match(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"'
                            r'(?: label: "([^"]*)")?', line)
            if edge:
                self.calls.setdefault(edge[1], set()).add((edge[2], edge[3] or ""))

    def add_node(self, title, label):
        frame = re.search(r"\\n(\d+) bytes \(([a-z,]+)\)", label)
        self.names.setdefault(title, label.split("\\n")[0])
        if not frame:
            return
        if frame[2] == "dynamic":
            self.faults.add(f"no bound for the frame of {self.names[title]}")
        aligned = ALIGNMENT if frame[2] != "static" else 0
        self.frames[title] = max(self.frames.get(title, 0), int(frame[1]) + aligned)
        self.symbols.setdefault(self.symbol(title), []).append(title)

    @staticmethod
    def symbol(title):
        """Without the file that GCC writes before what the linker may merge; the variants of a
        constructor or destructor are one."""
        return re.sub(r"([CD])[123](?=E)", r"\g<1>0", title.split(":")[-1])

    def targets(self, callee, place):
        """Of one call: functions of the graph, or an allowance."""
        if callee != "__indirect_call":
            same = self.symbols.get(self.symbol(callee), [callee])
            return [callee] if callee in self.frames else same
        for where, reached in INDIRECT:
            if re.search(where, place):
                found = [f for f in self.frames if re.search(reached, f)]
                if found:
                    return found
        self.faults.add(f"an indirect call that is not listed: {place}")
        return []

    def external(self, name):
        for pattern, bytes_ in ALLOWANCES:
            if re.fullmatch(pattern, name):
                return bytes_
        self.faults.add(f"an external function without an allowance: {name}")
        return 0

    def depth(self, name, path=()):
        """Bytes below and including `name`, and the functions on the way."""
        if name in self.known:
            return self.known[name]
        if name not in self.frames:
            return self.external(name), (name,)
        if name in path:
            start = path.index(name)
            self.faults.add("recursion: " + " > ".join(self.names[f] for f in path[start:]))
            return 0, ()
        deepest = (0, ())
        for callee, place in self.calls.get(name, ()):
            for target in self.targets(callee, place):
                deepest = max(deepest, self.depth(target, path + (name,)))
        self.known[name] = (self.frames[name] + deepest[0], (name,) + deepest[1])
        return self.known[name]

    def judge(self, limit):
        self.known = {}
        sys.setrecursionlimit(10000)
        depths = sorted((self.depth(f) for f in self.frames), reverse=True)
        for fault in sorted(self.faults):
            print(fault)
        bytes_, path = depths[0]
        print(f"{len(self.frames)} functions, at most {bytes_} bytes of stack:")
        for function in path:
            frame = self.frames.get(function)
            frame = self.external(function) if frame is None else frame
            print(f"  {frame:6} {self.names[function][:140]}")
        if bytes_ >= limit:
            self.faults.add("too much stack")
            for deep, way in depths:
                if deep >= limit:
                    print(f"{deep} bytes, not below {limit}: {self.names[way[0]][:140]}")
        return not self.faults


def main():
    graph = Graph()
    files = [f for d in sys.argv[2:] for f in sorted(pathlib.Path(d).rglob("*.ci"))]
    if not files:
        sys.exit("no call graphs (*.ci) there")
    for file in files:
        graph.read(file)
    sys.exit(0 if graph.judge(int(sys.argv[1])) else 1)


main()
