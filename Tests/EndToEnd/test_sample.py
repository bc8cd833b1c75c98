"""What `make run` does after building: the sample, and the line that it prints."""

import os
import re
import shlex
import signal
import subprocess
import sys

from running_platform import ROOT, free_offset, program, wait_until


def start(data, offset, output):
    environment = {**os.environ, "MARTLET_BUILD_FOLDER": str(program("martlet").parent.parent), "MARTLET_CONFIGURATION": program("martlet").parent.name}
    command = [sys.executable, str(ROOT / "scripts" / "run_sample.py"), "--data", str(data), "--port-offset", str(offset)]
    return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)


def test_the_printed_call_works_now_and_after_a_second_start(tmp_path):
    offset = free_offset()
    for number in (1, 2):
        printed = tmp_path / f"run-{number}"
        with printed.open("wb") as output:
            running = start(tmp_path / "data", offset, output)
            try:
                wait_until(lambda: "Stop with Ctrl-C" in printed.read_text() or running.poll() is not None, seconds=120, what="the last line")
                call = re.search(r"^ *(curl .*)$", printed.read_text(), re.M)
                assert call, printed.read_text()
                answer = subprocess.run([*shlex.split(call[1]), "-s"], capture_output=True, text=True, timeout=30)
                assert "Flat white" in answer.stdout, answer.stdout
                secure = call[1].replace("http://", "https://").replace(str(8280 + offset), str(8243 + offset))
                answer = subprocess.run([*shlex.split(secure), "-sk"], capture_output=True, text=True, timeout=30)
                assert "Flat white" in answer.stdout, answer.stdout
            finally:
                running.send_signal(signal.SIGINT)
                code = running.wait(60)
        assert code == 0, printed.read_text()
