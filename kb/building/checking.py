"""All that a build has to say of a site, without building it."""

from kb.building.learning import Knowledge
from kb.building.options import ALONE, Hooks, Options
from kb.building.pipeline import load
from kb.building.project import Project
from kb.building.rendered import try_out
from kb.building.themes import fault_of_theme, read_theme
from kb.model.finding import Finding, in_order
from kb.rendering.theme import TemplateFault


def check(project: Project, options: Options, hooks: Hooks = ALONE) -> tuple[Finding, ...]:
    """Return all findings of a build, without publishing anything.

    Raises:
        ProjectFault: the theme is missing.
    """
    return look(project, options, hooks)[1]


def look(
    project: Project, options: Options, hooks: Hooks = ALONE
) -> tuple[Knowledge, tuple[Finding, ...]]:
    """Return what the notes say, and all findings of a build, without publishing anything.

    Raises:
        ProjectFault: the theme is missing.
    """
    knowledge = load(project, options, hooks)
    theme, broken = read_theme(project)
    try:
        found_too = try_out(project, knowledge, theme)
    except TemplateFault as fault:
        found_too = [fault_of_theme(fault)]
    return knowledge, in_order([*knowledge.findings, *broken, *found_too])
