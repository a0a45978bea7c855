"""A coroutine calls run_coroutine_threadsafe(...).result() in the thread of the loop itself: the loop waits for itself."""

import asyncio


async def fetch():
    await asyncio.sleep(0.1)
    return 42


async def main():
    loop = asyncio.get_running_loop()
    future = asyncio.run_coroutine_threadsafe(fetch(), loop)
    print(future.result(), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
