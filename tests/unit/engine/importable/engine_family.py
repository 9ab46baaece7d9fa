"""A program with a child."""

import os
import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
print(os.getpid(), child.pid, flush=True)
child.wait()
