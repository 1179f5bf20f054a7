"""A speaker's page counts what that speaker did, not what the event held."""

from kb.model.site import records_of
from kb.rendering.site import Renderer
from kb.rendering.views import SpeakerView
from tests.rendering import sample


def test_events_of_a_speaker_count_the_speakers_own_talks() -> None:
    site = sample.site()
    renderer = Renderer(records_of(site), sample.notes(), sample.settings(), sample.theme())
    views = {page.path: page.view for page in renderer.pages()}
    for person in site.people:
        view = views[f"{person.url[1:]}index.html"]
        assert isinstance(view, SpeakerView)
        own = [one for one in site.sessions if one.url in person.sessions and one.is_talk]
        at_events = [one for one in own if one.event]
        assert sum(ref.count for ref in view.events) == len(at_events)
