"""asyncio.run() does not return: a thread of run_in_executor() waits for what nobody sends."""

import asyncio
import queue

typed = queue.Queue()


async def main():
    reading = asyncio.get_running_loop().run_in_executor(None, typed.get)
    await asyncio.sleep(0.2)
    reading.cancel()


if __name__ == "__main__":
    asyncio.run(main())
