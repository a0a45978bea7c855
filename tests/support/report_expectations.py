"""What has to be told about each of the public reports of tests/scripts/reports. Data only, any process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """The finding that names the cause of one report.

    script: its name without the suffix. report: it is one of the forty; the others are further probes of the same kinds.
    code: of the finding. text: a regular expression that is found in its sentence.
    process: a regular expression for the name of a process of the finding; ``program`` is the program itself.
    lines: of the script, which the finding or its sentence gives.
    also: codes of other problems that may be told, because they are true.
    never: a regular expression that no sentence may match, because it would be false.
    hangs: it has to be ended from outside. heavy: it takes seconds of CPU time, or much memory.
    """

    script: str
    code: str
    text: str
    process: str = ""
    lines: tuple[int, ...] = ()
    also: tuple[str, ...] = ()
    never: str = ""
    arguments: tuple[str, ...] = ()
    hangs: bool = False
    heavy: bool = False

    @property
    def report(self) -> bool:
        """Whether it is one of the forty."""
        return self.script.startswith("r")


_OOM = r"had run out of memory|lack of memory"
_ELSEWHERE = r"came from outside the program|not by a (kill|terminate)\(\) call"
_ENDS = ("killed", "crashed", "exit_code")

EXPECTED = (
    # Pools
    Expected(
        "r01_pool_worker_killed", "lost_result",
        r"waits.* for the result of work, which will never come: Fork(Server)?PoolWorker-\d ended with SIGKILL",
        "program", also=_ENDS, never=_OOM, hangs=True,
    ),
    Expected(
        "r04_initializer_raises", "never_ready", r"replaces its workers over and over.*FileNotFoundError.*initializer",
        "program", also=_ENDS, hangs=True,
    ),
    Expected(
        "r05_late_function", "lost_tasks", r"Fork(Server)?PoolWorker-\d and Fork(Server)?PoolWorker-\d died of AttributeError while they took a task", "program",
        (11,), also=_ENDS, hangs=True,
    ),
    Expected(
        "r15_ctrl_c_then_close_join", "lost_result", r"waits.* for the result of work and 1 more.*ended with exit code 1",
        "program", also=_ENDS, hangs=True,
    ),
    Expected(
        "r18_get_after_with", "lost_result", r"result of .*ended by terminate\(\) of its own Pool", "program", (15,), also=_ENDS, hangs=True,
    ),
    Expected("r22_errors_swallowed", "task_raised", r"6 tasks named convert raised FileNotFoundError", r"Fork(Server)?PoolWorker-\d"),
    Expected(
        "r54_unpicklable_result", "exit_code", r"MaybeEncodingError.*cannot pickle.*work", "program", (12,),
    ),
    # Executors
    Expected(
        "r02_executor_segfault", "crashed", r"Fork(Server)?Process-\d crashed with SIGSEGV.*work", also=_ENDS,
        never=r"was killed by SIGTERM",
    ),
    Expected(
        "r21_nested_pool", "start_failed", r"AssertionError.*daemonic processes are not allowed to have children",
        also=("exit_code", "task_raised"), lines=(11,),
    ),
    Expected(
        "r42_submit_from_worker", "submit_in_worker", r"ForkProcess-\d waits forever in ProcessPoolExecutor\.submit\(\).*(the task tree|a task).*executor that it runs in",
        lines=(12,), hangs=True,
    ),
    Expected(
        "r47_loky_killed", "killed", r"LokyProcess-\d was killed by SIGKILL.*fit.*(itself|os\.kill)", also=_ENDS,
        never=_ELSEWHERE,
    ),
    # Locks
    Expected(
        "r06_fork_while_locked", "locked_at_fork", r"Process-1 has waited since its first moment.*parent, had \d threads",
        "ForkProcess-1", (18,), hangs=True,
    ),
    Expected(
        "r10_lock_of_the_dead", "dead_holder", r"w[02] waits.*lock.*w1, which was killed by SIGKILL",
        "w1", also=_ENDS, never=_OOM, hangs=True,
    ),
    Expected(
        "r11_barrier_party_dead", "dead_holder", r"step-\d waits in Barrier\.wait\(\).*Barrier: step-2, which ended with exit code 1", "step-2", (11,),
        also=_ENDS, never=r"held it", hangs=True,
    ),
    Expected(
        "r13_event_set_in_handler", "handler_waits", r"handler for SIGTERM.*Event\.set\(\).*Event\.wait\(\)", "program",
        (13, 19), hangs=True,
    ),
    Expected(
        "r51_lock_order", "deadlock", r"a-to-b waits for a lock.*b-to-a waits for a lock.*probably each holds one that another waits for", "a-to-b",
        hangs=True,
    ),
    # Queues, pipes and sockets
    Expected(
        "r07_join_before_drain", "undrained", r"waits in join\(\) for Process-1.*before the data.*Queue.*read",
        "Process-1", (14,), hangs=True,
    ),
    Expected(
        "r09_task_done_missing", "task_done_missing", r"JoinableQueue\.join\(\).*6 items were put, and task_done\(\) was called 4 times\.", "program", (20,),
        never=r"left to send|send the data", hangs=True,
    ),
    Expected(
        "r25_popen_pipe_full", "deadlock", r"waits for a child process.*; python\S* -c .* waits for room in a full pipe",
        "program", hangs=True,
    ),
    Expected(
        "r36_shared_connection", "shared_socket", r"load and index read from one connection to 127.*inherited by fork", "load",
        (28,), also=("exit_code",),
    ),
    Expected(
        "r44_one_sentinel", "deadlock", r"waits in join\(\) for consumer-\d.*consumer-\d waits for data", "program", (20,),
        hangs=True,
    ),
    Expected(
        "r50_fill_before_start", "full_pipe", r"room in a (full )?pipe that only it has open", "program", (12,), hangs=True,
    ),
    # Forks, starts and ends
    Expected("r24_zombies", "never_joined", r"12 processes had ended, were never joined, and stayed zombies"),
    Expected("r32_orphans", "killed", r"program was killed by SIGKILL", "program", never=_OOM),
    Expected(
        "r33_same_random", "same_random", r"Process-1, Process-2 and Process-3 drew from the random generator rng .*same",
        "Process-1", heavy=True,
    ),
    Expected(
        "r35_value_race", "value_race", r"Process-1, Process-2 and Process-3 change one shared Value.*without a lock",
        "Process-1", (8,), heavy=True,
    ),
    Expected(
        "r39_no_main_guard", "start_failed", r"Process-1.*imported the main module.*__name__", "Process-1", (12,),
        also=("exit_code",),
    ),
    Expected(
        "r40_output_lost", "output_lost", r"fork of .* ended by os\._exit\(\).*output up to 'result of the child: 42' is lost",
        lines=(9,),
    ),
    Expected("r53_daemon_cut_off", "daemon_cut_off", r"writer is a daemon and was ended", "writer", (19,)),
    Expected(
        "r58_supervisor_loop", "restarted", r"\d+ processes at .*r58_supervisor_loop\.py:18, one after another.*code 3",
        "program", also=("exit_code",), hangs=True,
    ),
    # Signals
    Expected(
        "r16_inherited_sigterm", "terminate_ignored", r"terminate\(\).*ForkPoolWorker-\d.*handler for SIGTERM",
        lines=(22,), hangs=True,
    ),
    Expected(
        "r45_prefork_timeout", "killed", r"SIGABRT.*(os\.kill|parent)", lines=(24,), also=("killed",),
        never=r"native code",
    ),
    Expected(
        "r48_manager_dead", "killed", r"SyncManager-1 was killed by SIGKILL.*os\.kill", "SyncManager-1", (24,),
        never=_ELSEWHERE,
    ),
    Expected("r55_memory_limit", "task_raised", r"task work raised MemoryError", also=("exit_code",), heavy=True),
    # What is slow
    Expected(
        "r26_spawn_heavy_import", "slow_start", r"4 workers took .* to start.*tasks", heavy=True,
    ),
    Expected("r27_worker_churn", "worker_churn", r"workers were started for 30 tasks", heavy=True),
    Expected("r29_big_arguments", "big_arguments", r"24 tasks", heavy=True),
    Expected("r31_lock_serializes", "one_at_a_time", r"lock", heavy=True),
    Expected("r37_imap_eager", "results_pile_up", r"results", heavy=True),
    Expected(
        "r57_one_bad_input", "one_task", r"waits for one task.*parse.*Fork(Server)?PoolWorker-\d",
        hangs=True, heavy=True,
    ),
    # Further probes
    Expected(
        "x01_heartbeat", "lost_result", r"waits.* for the result of work, which will never come", "program", also=_ENDS,
        never=_OOM, hangs=True,
    ),
    Expected(
        "x01_manager", "lost_result", r"waits.* for the result of work, which will never come", "program", also=_ENDS,
        never=_OOM, hangs=True,
    ),
    Expected(
        "x01_sigterm", "lost_result", r"waits.* for the result of work, which will never come", "program", also=_ENDS,
        never=_OOM, hangs=True,
    ),
    Expected(
        "x02_executor_killed", "killed", r"Fork(Server)?Process-\d was killed by SIGKILL", also=_ENDS, never=_OOM,
        arguments=("kill",),
    ),
    Expected(
        "x06_idle_thread", "locked_at_fork", r"Process-1 has waited since its first moment.*parent, had \d threads", "ForkProcess-1", (16,),
        hangs=True,
    ),
    Expected(
        "x06_pool", "locked_at_fork", r"Fork(Server)?PoolWorker-\d (and Fork(Server)?PoolWorker-\d have|has) waited since.*parent, had \d threads", lines=(18,),
        hangs=True,
    ),
    Expected("x07_catches_ctrl_c", "undrained", r"before the data.*Queue.*read", "Process-1", (16,), hangs=True),
    Expected("x07_catches_slowly", "undrained", r"before the data.*Queue.*read", "Process-1", (16,), hangs=True),
    Expected(
        "x07_heartbeat", "undrained", r"before the data.*Queue.*read", "Process-1", (22,), hangs=True,
    ),
    Expected("x07_manager", "undrained", r"before the data.*Queue.*read", "Process-2", (16,), hangs=True),
    Expected(
        "x07_sigterm", "undrained", r"before the data.*Queue.*read", "Process-1", (17,), hangs=True,
    ),
    Expected(
        "x10_catches_ctrl_c", "dead_holder", r"w[02] waits.*lock.*w1, which was killed by SIGKILL", "w1", also=_ENDS,
        never=_OOM, hangs=True,
    ),
    Expected(
        "x10_heartbeat", "dead_holder", r"w[02] waits.*lock.*w1, which was killed by SIGKILL", "w1", also=_ENDS, never=_OOM, hangs=True,
    ),
    Expected(
        "x10_manager", "dead_holder", r"w[02] waits.*lock.*w1, which was killed by SIGKILL", "w1", also=_ENDS, never=_OOM,
        hangs=True,
    ),
    Expected(
        "x10_sigterm", "dead_holder", r"w[02] waits.*lock.*w1, which was killed by SIGKILL", "w1", also=_ENDS, never=_OOM, hangs=True,
    ),
    Expected(
        "x33_numpy_global", "same_random", r"ForkPoolWorker-1 and ForkPoolWorker-2 drew from the global generator of numpy",
        "ForkPoolWorker-1", heavy=True,
    ),
    Expected(
        "x35_array", "value_race", r"SpawnPoolWorker-1 and SpawnPoolWorker-2 change one shared .*item.*without a lock",
        "SpawnPoolWorker-1", (16,),
    ),
    Expected(
        "x36_client", "shared_socket", r"ForkPoolWorker-1 and ForkPoolWorker-2 read from one connection", "ForkPoolWorker-1",
        (23,), also=("exit_code", "task_raised"),
    ),
    Expected(
        "x40_target", "output_lost", r"Process-1 ended by os\._exit\(\).*output up to 'partial result 7' is lost",
        "Process-1", (9,),
    ),
    Expected(
        "x44_heartbeat", "deadlock", r"waits in join\(\) for consumer-\d.*consumer-\d waits for data", "program", (28,), hangs=True,
    ),
    Expected(
        "x44_manager", "deadlock", r"waits in join\(\) for consumer-\d.*consumer-\d waits for data", "program", (22,),
        hangs=True,
    ),
    Expected(
        "x44_sigterm", "deadlock", r"waits in join\(\) for consumer-\d.*consumer-\d waits for data", "program", (23,), hangs=True,
    ),
    Expected(
        "x51_holder_waits", "deadlock", r"consume probably holds the lock that produce waits for: .*with statement at", "produce",
        (8, 9, 14), hangs=True,
    ),
    Expected(
        "x48_os_kill", "killed", r"slow was killed by SIGTERM.*os\.kill", "slow", (18,), never=_ELSEWHERE,
        arguments=("SIGTERM",),
    ),
    # Further kinds
    Expected(
        "x60_pipe_end_open", "last_one", r"Connection\.recv\(\).*Only the program itself has the other end open.*EOFError", "program", (18,),
        hangs=True,
    ),
    Expected(
        "x61_sibling_keeps_end", "deadlock", r"The other end is open in reader-0 itself and reader-1, so that reader-0 gets no EOFError",
        "reader-0", hangs=True,
    ),
    Expected(
        "x62_thread_queue_join", "task_done_missing", r"Queue\.join\(\).*task_done\(\) was probably not called for all", "program", (11, 22),
        hangs=True,
    ),
    Expected(
        "x63_feeder_drops", "thread_raised", r"QueueFeederThread of process worker could not send an object", "worker",
        also=("last_one",), hangs=True,
    ),
    Expected("x64_lock_twice", "deadlock", r"adder probably holds that lock itself: it took self\.lock", "adder", (12, 16), hangs=True),
    Expected(
        "x65_two_thread_locks", "thread_deadlock", r"Thread (transfer|report) of the program waits forever.*held by thread (transfer|report)",
        "program", (12, 19), hangs=True,
    ),
    Expected(
        "x66_barrier_too_few", "deadlock", r"Barrier\.wait\(\).*No process is left to come to the Barrier", "phase-0", (7,), hangs=True,
    ),
    Expected(
        "x67_holder_sleeps", "lock_kept", r"store-0, store-1 and store-2 have waited .* that retry probably holds.* has slept", "retry",
        (8, 10), hangs=True,
    ),
    Expected(
        "x68_nested_thread_pool", "submit_in_worker", r"All 2 threads of the ThreadPoolExecutor of the program wait in Future\.result\(\)",
        "program", (13,), hangs=True,
    ),
    Expected(
        "x69_executor_initializer", "never_ready", r"The initializer of an executor raised RuntimeError: no GPU", r"Fork(Server)?Process-\d",
        (7,), also=("exit_code",),
    ),
    Expected(
        "x70_loop_waits_for_itself", "loop_blocked", r"Future\.result\(\).*inside of the event loop of asyncio", "program", (14,), hangs=True,
    ),
    Expected(
        "x71_callback_raises", "lost_result", r"thread that takes the results was ended .* by ZeroDivisionError", "program", (11, 17),
        hangs=True,
    ),
    Expected(
        "x72_pool_used_in_child", "forked_without_threads", r"child waits forever in Pool\.map\(\).*the threads of a Pool", "child", (11,),
        never=r"probably held it", hangs=True,
    ),
    Expected(
        "x73_thread_keeps_child", "thread_never_ends", r"worker has done its work and cannot exit.*thread uploader waits in Queue\.get\(\)",
        "worker", (10,), never=r"held that lock", hangs=True,
    ),
    Expected(
        "x75_polls_exitcode", "undrained", r"program asks again and again whether worker has ended \(worker\.exitcode is None.*worker cannot end before",
        "worker", (16,), hangs=True,
    ),
    Expected(
        "x76_raises_while_locked", "deadlock", r"left locked by Fork(Server)?PoolWorker-\d: save\(\) took it .* was ended by ValueError: bad row 3",
        r"Fork(Server)?PoolWorker-\d", (12, 14), hangs=True,
    ),
    Expected(
        "x77_nested_thread_pool_map", "submit_in_worker", r"All 2 threads of the ThreadPool of the program wait in Pool\.map\(\)", "program",
        (13,), hangs=True,
    ),
    Expected(
        "x78_asks_if_empty", "deadlock", r"worker-\d had asked whether jobs is empty.*another process took the last item", r"worker-\d",
        (8, 22), hangs=True,
    ),
    Expected(
        "x79_queue_as_argument", "idle_pool", r"waits forever in Queue\.get\(\).*all 2 workers.*4 tasks could not be sent.*RuntimeError: Queue objects",
        "program", (15,), hangs=True,
    ),
    Expected(
        "x80_notified_too_early", "deadlock", r"consumer waits .* in Condition\.wait\(\).*notify\(\) at .* was probably called before consumer waited",
        "consumer", (9, 17), hangs=True,
    ),
    Expected(
        "x81_event_of_threads", "deadlock", r"station has no other thread that could end this.*thread of its parent", "station", (19,),
        hangs=True,
    ),
    Expected(
        "x82_stdin_left_open", "deadlock", r"sort waits for data from a pipe\. The writing end of the pipe that sort reads is open in the program",
        "sort", (9,), hangs=True,
    ),
    Expected(
        "x83_pipe_kept_open", "pipe_kept_open", r"waits in Popen\.communicate\(\).*sh .* has ended, but sleep 90, which it started, has that pipe open",
        "sleep 90", (7,), hangs=True,
    ),
    Expected(
        "x84_loop_does_not_close", "thread_never_ends", r"waits in run\(\).*event loop to close.*thread asyncio_0 waits in Queue\.get\(\)\.",
        "program", (16,), hangs=True,
    ),
    Expected(
        "x85_callback_releases", "idle_pool", r"waits forever in Semaphore\.acquire\(\).*2 tasks raised an exception.*callback of apply_async\(\) is not called",
        "program", (17,), hangs=True,
    ),
    Expected(
        "x86_exit_zero_in_task", "lost_result", r"waits in Pool\.map\(\).*for the result of work.*PoolWorker-\d ended with exit code 0 while running it",
        "program", (15,), hangs=True,
    ),
    Expected(
        "x74_sigchld_ignored", "still_alive", r"is_alive\(\) of ForkProcess-1.*though it ended.*SIGCHLD", "program", (16,), hangs=True,
    ),
)  # fmt: skip
"""The heavy ones are begun first, so that all are over sooner."""
