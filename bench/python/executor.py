"""Runs a program as Pulumi's own language host does: python executor.py FOLDER, with the run's request in PULUMI_RUN as JSON."""
import asyncio
import json
import os
import runpy
import sys
from concurrent.futures import ThreadPoolExecutor

import pulumi.runtime

request = json.loads(os.environ["PULUMI_RUN"])
pulumi.runtime.reset_options(
    organization=request["organization"], project=request["project"], stack=request["stack"], parallel=request["parallel"],
    preview=request["preview"], monitor_address=request["monitor"], engine_address=request["engine"])
pulumi.runtime.set_all_config(request["config"], request["secretKeys"])
sys.path.insert(0, sys.argv[1])
loop = asyncio.new_event_loop()
loop.set_default_executor(ThreadPoolExecutor(max_workers=request["parallel"] * 4))
loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(sys.argv[1], run_name="__main__") and None))
