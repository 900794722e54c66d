/// Python program of ``RuntimePeer``: reads a request as JSON from standard input and writes an answer to standard output.
enum RuntimePeerScript {
  static let source = """
    import json, sys, time
    import numpy as np
    import onnxruntime

    request = json.load(sys.stdin)

    def session(path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = request["threads"]
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def feed(session):
        random = np.random.default_rng(1)
        feeds = {}
        for value in session.get_inputs():
            axes = list(value.shape)
            first = axes[0] if axes else 1
            if isinstance(first, int) and first not in (1, request["batch"]):
                raise ValueError(f"input '{value.name}' fixes its batch to {first}")
            if first == 1 and isinstance(first, int) and request["batch"] > 1:
                raise ValueError(f"input '{value.name}' fixes its batch to 1")
            shape = [axis if isinstance(axis, int) else 1 for axis in axes]
            if shape:
                shape[0] = request["batch"]
            kind = {"tensor(float)": np.float32, "tensor(double)": np.float64,
                    "tensor(float16)": np.float16, "tensor(int64)": np.int64,
                    "tensor(int32)": np.int32}.get(value.type)
            if kind is None:
                raise ValueError(f"input '{value.name}' has type {value.type}")
            noise = random.random(shape) - 0.5
            feeds[value.name] = np.zeros(shape, kind) if kind in (np.int64, np.int32) \\
                else noise.astype(kind)
        return feeds

    def timed(session, feeds):
        start = time.perf_counter()
        session.run(None, feeds)
        return time.perf_counter() - start

    try:
        sessions = [session(path) for path in request["models"]]
        feeds = [feed(each) for each in sessions]
        counts = []
        for each, inputs in zip(sessions, feeds):
            for _ in range(max(1, request["warmUpRuns"])):
                last = timed(each, inputs)
            counts.append(int(min(max(3, -(-request["secondsPerBlock"] // max(last, 1e-7))), 200)))
        seconds = [[] for _ in sessions]
        for _ in range(request["blocks"]):
            for index, (each, inputs) in enumerate(zip(sessions, feeds)):
                seconds[index].append([timed(each, inputs) for _ in range(counts[index])])
        print(json.dumps({"version": onnxruntime.__version__, "seconds": seconds}))
    except Exception as error:
        print(json.dumps({"error": str(error).splitlines()[0][:300]}))
    """
}
