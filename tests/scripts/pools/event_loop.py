"""asyncio: subprocesses, an executor of processes, and a child watcher, in one loop."""

import asyncio
import sys
from concurrent.futures import ProcessPoolExecutor


def square(x):
    return x * x


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2) as executor:
        print(await asyncio.gather(*(loop.run_in_executor(executor, square, x) for x in range(4))))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('sub')", stdout=asyncio.subprocess.PIPE)
    print(await process.communicate(), process.returncode)
    process = await asyncio.create_subprocess_shell("exit 3")
    print(await process.wait())


if __name__ == "__main__":
    asyncio.run(main())
