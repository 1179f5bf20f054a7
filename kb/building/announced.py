"""A published programme on disk, and the notes that are begun from it."""

import os
from collections.abc import Sequence
from pathlib import Path

from kb.building.files import FileFault, TooLarge, make_folder, read_file, write_new
from kb.building.project import Project, ProjectFault
from kb.graph.permalinks import slug
from kb.model.schedule import Schedule, ScheduleSession
from kb.plugins.gathered import Plugins, PluginsFault
from kb.schedules.fault import ScheduleFault
from kb.schedules.folding import fold
from kb.schedules.formats import MOST_BYTES, cleaned, read_schedule
from kb.schedules.stubs import Stub, day_stubs, session_stubs


def schedule_at(path: Path, timezone: str, plugins: Plugins) -> Schedule:
    """Return the schedule in the file at `path`; `plugins` are asked first.

    Raises:
        FileFault: it cannot be read, is too large, or is no schedule.
    """
    real = Path(os.path.realpath(path))
    try:
        data = read_file(real.parent, real.name, MOST_BYTES)
    except TooLarge as fault:
        message = f"the file has {fault.size:,} bytes; the most is {MOST_BYTES:,}"
        raise FileFault(str(path), message) from fault
    except FileFault as fault:
        raise FileFault(str(path), fault.reason) from fault
    try:
        known = plugins.schedule(real.name, data)
        return cleaned(known) if known else read_schedule(data, real.name, timezone)
    except PluginsFault as fault:
        raise FileFault(str(path), str(fault)) from fault
    except ScheduleFault as fault:
        place = f":{fault.line}:{max(fault.column, 1)}" if fault.line else ""
        hint = f" ({fault.hint})" if fault.hint else ""
        raise FileFault(f"{path}{place}", f"{fault.message}{hint}") from fault


def begin_notes(
    project: Project, schedule: Schedule, wanted: Sequence[str], event: str = ""
) -> tuple[Path, ...]:
    """Write a note for each day of `schedule`, or for each session that is `wanted`.

    Args:
        project: the site.
        schedule: the programme.
        wanted: ids or titles of sessions; none for all days.
        event: what to call the event; `""` for the programme's own title.

    Raises:
        ProjectFault: the event has no name, or a session is not in the programme.
        FileFault: a file of one of the names exists (nothing was written), or cannot be written.
    """
    name = event.strip() or schedule.title
    if not name:
        raise ProjectFault("the programme does not name its event; name it with --event")
    stubs = (
        session_stubs(schedule, [_session(schedule, one) for one in wanted], name)
        if wanted
        else day_stubs(schedule, name)
    )
    paths = [_path(project, stub) for stub in stubs]
    for path in paths:
        if os.path.lexists(path):
            raise FileFault(str(path), "is there already; nothing was written")
    if len(set(paths)) < len(paths):
        double = next(path for path in paths if paths.count(path) > 1)
        raise FileFault(str(double), "two notes would have this name; nothing was written")
    for path, stub in zip(paths, stubs, strict=True):
        make_folder(path.parent)
        write_new(path, stub.text.encode())
    return tuple(paths)


def _session(schedule: Schedule, wanted: str) -> ScheduleSession:
    found = [one for one in schedule.sessions if one.id == wanted]
    found = found or [one for one in schedule.sessions if fold(one.title) == fold(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(one.id for one in found[:5])
        raise ProjectFault(f"several sessions are called {wanted!r}; name one by its id: {several}")
    raise ProjectFault(f"the programme has no session {wanted!r}")


def _path(project: Project, stub: Stub) -> Path:
    begin = f"{stub.date}-" if stub.date else ""
    return project.content / f"{begin}{slug(stub.name, 'note')}.md"
