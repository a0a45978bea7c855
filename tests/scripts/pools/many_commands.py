"""Turn after turn in one event loop: commands at once, a command that is killed, and an executor of processes."""

import asyncio
import sys
from concurrent.futures import ProcessPoolExecutor

TURNS = 3


def square(x):
    return x * x


async def command(*words):
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out.decode().strip(), process.returncode


async def killed():
    process = await asyncio.create_subprocess_exec("sleep", "60")
    process.kill()
    return await process.wait()


async def turn(number):
    shells = [command("sh", "-c", f"echo {at}; exit {at}") for at in range(3)]
    python = command(sys.executable, "-c", f"print({number}); raise SystemExit(5)")
    with ProcessPoolExecutor(2) as executor:
        loop = asyncio.get_running_loop()
        squares = [loop.run_in_executor(executor, square, x) for x in range(3)]
        return await asyncio.gather(*squares, *shells, python, killed())


async def main():
    for number in range(TURNS):
        print(await turn(number), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
