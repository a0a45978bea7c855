"""Folders of lessons for tests, and runs that answer them."""

from pathlib import Path

LISTING = """from multiprocessing import Process

if __name__ == "__main__":
    p = Process(target=print, args=("hello",))
    p.start()
    p.join()
"""
_END = """
[[explanation]]
text = "Process-1 ended with {process(\\"Process-1\\").exit_code}."
line = 6
shows = 'call("join", "Process-1")'

[[explanation]]
text = "It printed a line."
shows = 'line("Function idx")'

[change]
text = "Print something else."
line = 4
code = '    p = Process(target=print, args=("bye",))'

[harder]
question = "And without join()?"
answer = "The parent waits at its exit."
"""
CHOICE = f"""title = "Exit codes"
question = "Which exit code has Process-1?"
usual = 1
[[choices]]
text = "0"
holds = 'process("Process-1").exit_code == 0'
[[choices]]
text = "3"
holds = 'process("Process-1").exit_code == 3'
tempting = "It is the third answer."
{_END}"""
ORDER = f"""title = "Order"
question = "Which one ends first?"
answer = "order"
usual = 1
[[items]]
text = "Process-1 ends"
at = 'process("Process-1").exited_s'
[[items]]
text = "Process-2 ends"
at = 'process("Process-2").exited_s'
[[items]]
text = "program ends"
at = "program.exited_s"
[[choices]]
text = "Process-1, Process-2, program"
order = [1, 2, 3]
[[choices]]
text = "Process-2, Process-1, program"
order = [2, 1, 3]
tempting = "The last one that was started."
{_END}"""
MOMENT = f"""title = "Moment"
question = "When does Process-1 end?"
answer = "moment"
usual = 1
[moment]
text = "the end of Process-1"
lane = "Process-1"
at = 'process("Process-1").exited_s'
axis_s = 4.0
tolerance_s = 0.3
[[choices]]
text = "After a second"
at = 'process("Process-1").exited_s'
[[choices]]
text = "At the end of the program"
at = "program.exited_s"
tempting = "The program waits for it."
{_END}"""
MANY = f"""title = "Many"
question = "How often does Process-1 fail?"
usual = 1
runs = 3
[[outcomes]]
text = "It ends well"
holds = 'process("Process-1").exit_code == 0'
[[outcomes]]
text = "It fails"
holds = 'process("Process-1").exit_code != 0'
[[choices]]
text = "Never"
holds = "times(2) == 0"
[[choices]]
text = "Sometimes"
holds = "0 < times(2) < runs"
tempting = "It looks like a race."
{_END}"""


def write_lesson(folder: Path, name: str, text: str, listing: str = LISTING) -> None:
    """Write one lesson into a folder of lessons."""
    inside = folder / name
    inside.mkdir(parents=True)
    (inside / "lesson.toml").write_text(text)
    (inside / "listing.py").write_text(listing)


def write_lessons(folder: Path) -> Path:
    """A lesson of each kind, one that runs three times, and one that is broken; its name sorts last."""
    for name, text in (("1-choice", CHOICE), ("2-order", ORDER), ("3-moment", MOMENT), ("4-many", MANY)):
        write_lesson(folder, name, text)
    write_lesson(folder, "5-broken", CHOICE.replace("exit_code == 3", "exitcode == 3"))
    return folder
