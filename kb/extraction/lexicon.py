"""Words that tell what a heading is for, in the languages that notes are mostly written in.

Only closed classes stand here (days, breaks, containers, labels, kinds of sessions): words whose
meaning does not depend on the conference. Everything else is judged by shape and company.
English, German, French, Spanish, Portuguese, Italian, Dutch, Japanese and Chinese, as far as a
class has common words there.
"""

import unicodedata
from functools import lru_cache

from kb.model.normal import normalized
from kb.model.pattern import Pattern


@lru_cache(maxsize=32_768)
def fold(text: str) -> str:
    """Return `text` in lower case, without accents, words (letters and digits) kept apart.

    Kana and hangul stay whole: their marks are letters, not accents.
    """
    if text.isascii():
        small = text.lower()
        return small if small.isalnum() else " ".join(WORD.findall(small))
    folded = normalized("NFKD", text.casefold())
    for character in set(folded):
        if unicodedata.combining(character) and ord(character) <= 0x3000:
            folded = folded.replace(character, "")
    return " ".join(WORD.findall(normalized("NFC", folded)))


WORD = Pattern(r"[^\W_]+")


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text` as a set."""
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(filter(None, (fold(part) for part in text.split(","))))


WEEKDAYS: dict[str, str] = {
    name: english
    for english, names in {
        "monday": "monday mon montag lundi lunes segunda lunedi maandag 月曜日 月曜 星期一 周一",
        "tuesday": "tuesday tue tues dienstag mardi martes terca martedi dinsdag 火曜日 火曜 "
        "星期二 周二",
        "wednesday": "wednesday wed mittwoch mercredi miercoles quarta mercoledi woensdag 水曜日 "
        "水曜"
        " 星期三 周三",
        "thursday": "thursday thu thur thurs donnerstag jeudi jueves quinta giovedi donderdag"
        " 木曜日 木曜 星期四 周四",
        "friday": "friday fri freitag vendredi viernes sexta venerdi vrijdag 金曜日 金曜 "
        "星期五 周五",
        "saturday": "saturday sat samstag samedi sabado sabato zaterdag 土曜日 土曜 星期六 周六",
        "sunday": "sunday sun sonntag dimanche domingo domenica zondag 日曜日 日曜 星期日 周日",
    }.items()
    for name in names.split()
}
"""Folded name of a weekday, in any of the languages, to its English name."""

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro gennaio januari",
            "february feb februar fevrier febrero fevereiro febbraio februari",
            "march mar marz maerz mars marzo marco maart",
            "april apr avril abril aprile",
            "may mai mayo maio maggio mei",
            "june jun juni juin junio junho giugno",
            "july jul juli juillet julio julho luglio",
            "august aug aout agosto augustus",
            "september sep sept septembre septiembre setembro settembre",
            "october oct oktober okt octobre octubre outubro ottobre",
            "november nov novembre noviembre novembro",
            "december dec dezember dez decembre diciembre dezembro dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
"""Folded name of a month to its number."""

DAY_WORDS = word_set("day tag jour dia giorno dag jornada journee")
"""Words before or after the number of a day: `Day 2`, `Tag 1`, `2日目`."""

PARTS: dict[str, str] = {
    "am": "am",
    "morning": "am",
    "vormittag": "am",
    "matin": "am",
    "manana": "am",
    "午前": "am",
    "上午": "am",
    "pm": "pm",
    "afternoon": "pm",
    "nachmittag": "pm",
    "apres midi": "pm",
    "tarde": "pm",
    "午後": "pm",
    "下午": "pm",
    "evening": "evening",
    "abend": "evening",
    "soir": "evening",
    "noche": "evening",
    "晚上": "evening",
}
"""Folded words for a part of a day."""

KINDS: tuple[tuple[str, str], ...] = (
    ("keynote", "keynote"),
    ("key note", "keynote"),
    ("eroffnungsvortrag", "keynote"),
    ("基調講演", "keynote"),
    ("主题演讲", "keynote"),
    ("キーノート", "keynote"),
    ("lightning talk", "lightning"),
    ("lighting talk", "lightning"),
    ("flash talk", "lightning"),
    ("ignite talk", "lightning"),
    ("ライトニングトーク", "lightning"),
    ("panel discussion", "panel"),
    ("panel", "panel"),
    ("podiumsdiskussion", "panel"),
    ("table ronde", "panel"),
    ("fireside chat", "panel"),
    ("fireside talk", "panel"),
    ("round table", "panel"),
    ("roundtable", "panel"),
    ("パネル", "panel"),
    ("workshop", "workshop"),
    ("tutorial", "workshop"),
    ("hands on lab", "workshop"),
    ("codelab", "workshop"),
    ("atelier", "workshop"),
    ("taller", "workshop"),
    ("bootcamp", "workshop"),
    ("ワークショップ", "workshop"),
    ("工作坊", "workshop"),
    ("forum", "forum"),
    ("birds of a feather", "forum"),
    ("bof", "forum"),
    ("open space", "forum"),
    ("unconference", "forum"),
    ("design session", "forum"),
    ("working group", "forum"),
)
"""Folded words of a title or label, and the kind of session that they name."""

LABELS = _phrases(
    "keynote, key note, opening keynote, closing keynote, morning keynote, afternoon keynote,"
    " evening keynote, party keynote, keynote speech, keynote talk, keynote address,"
    " opening key note, closing key note, keynote session, guest keynote, plenary,"
    " talk, session, lightning talk, lighting talk, flash talk, ignite talk, invited talk,"
    " panel, panel discussion, workshop, tutorial, codelab, forum, bof, demo, live demo,"
    " fireside chat, fireside talk, ama, interview, q a, vortrag, keynote vortrag, presentation,"
    " conference,"
    " charla, ponencia, atelier, taller, 基調講演, キーノート, 主题演讲, 演讲, "
    "発表, 講演, lt, パネル,"
    " breakout, breakout session, opening talk, closing talk, featured talk, short talk"
)
"""A whole field of a heading that only names a kind of session."""

TITLE_LABELS = _phrases(
    "keynote, opening keynote, closing keynote, morning keynote, afternoon keynote,"
    " evening keynote, party keynote, guest keynote, key note, opening key note, closing key note,"
    " keynote speech, keynote address, plenary, 基調講演, キーノート, "
    "主题演讲, panel, panel discussion,"
    " lightning talk, lighting talk, workshop, tutorial, fireside chat, fireside talk, interview,"
    " ama, demo"
)
"""Labels that may stand as a title where the notes give none."""

BREAKS = _phrases(
    "lunch, lunch break, lunchtime, breakfast, dinner, coffee, coffee break, break, breaks, tea,"
    " tea break, brunch, snack, registration, check in, doors open, doors, party, after party,"
    " afterparty, reception, happy hour, social, social event, networking, hallway, hallway track,"
    " drinks, pizza, pizza and beer, snacks, cake, beer, beers, closing party, "
    "evening event, evening, morning run, sponsors, sponsor,"
    " expo, expo hall, exhibition, raffle, mentoring, speed mentoring, welcome reception,"
    " booth crawl, marketplace, mittagessen, mittag, mittagspause, pause, kaffee, kaffeepause,"
    " fruhstuck, abendessen, anmeldung, empfang, dejeuner, pause dejeuner, petit dejeuner,"
    " cafe, pause cafe, inscription, cocktail, aperitivo, apero, almuerzo, comida, desayuno, cena,"
    " descanso, registro, fiesta, pranzo, pausa, almoco, ランチ, 昼食, 昼休み, 休憩, 懇親会, 受付,"
    " 午餐, 午休, 茶歇, 休息, 晚宴, 签到"
)
"""Folded names of what happens between talks."""

SOCIAL_WORDS = word_set(
    "lunch breakfast dinner brunch coffee party afterparty reception networking hallway mixer"
    " drinks meetgreet mentoring happyhour raffle banquet karaoke barbecue bbq mittagessen"
    " dejeuner almuerzo cena fiesta ランチ 懇親会 午餐"
)
"""Words that make a session social wherever they stand as its head noun."""

CONTAINERS = _phrases(
    "talks, the talks, sessions, the sessions, session notes, my sessions, talk notes, notes,"
    " my notes, presentations, keynotes, the keynotes, lightning talks, lighthing talks,"
    " lighting talks, lightening talks, flash talks, lightning, lts, lt, lt大会, panels, workshops,"
    " tutorials, speakers, speaker notes, schedule, programme, program, agenda, timetable, tracks,"
    " track, day, days, conference, the conference, conference notes, conference days,"
    " main conference, morning, afternoon, evening, morning session, morning sessions,"
    " afternoon session, afternoon sessions, evening session, sponsor talks, breakouts,"
    " breakout sessions, forum sessions, main stage, main track, community track, other talks,"
    " more talks, talks i attended, sessions i attended, talks attended, sessions attended,"
    " favorite talks, favourite talks, my favorite talks, best talks, talk summaries, summaries,"
    " vortrage, die vortrage, programm, konferenz, ablauf, conferences, les conferences,"
    " presentations du matin, exposes, programme de la journee, charlas, las charlas, ponencias,"
    " sesiones, palestras, interventi, praatjes, セッション, 発表, 講演, "
    "トーク, タイムテーブル, スケジュール,"
    " プログラム, 演讲, 议程, 日程, 会议, 分享"
)
"""Folded headings that hold talks and are none."""

GENERIC = _phrases(
    "takeaways, take aways, takeaway, take away, key takeaways, key take aways, my takeaways,"
    " main takeaways, key insights, insights, key points, main points, highlights, my highlights,"
    " summary, in summary, tl dr, tldr, recap, conclusion, conclusions, in conclusion,"
    " concluding thoughts, final thoughts, closing thoughts, thoughts, my thoughts, overall,"
    " overall impressions, impressions, general impressions, general feeling, general notes,"
    " general thoughts, general, wrap up, wrapping up, the wrap, overview, background, context,"
    " introduction, intro, intros, introductions, about, about me, about this, "
    "about the conference,"
    " foreword, preface, prologue, epilogue, disclaimer, notice, table of contents, contents, toc,"
    " index, outline, resources, additional resources, further resources, links, useful links,"
    " other links, related links, interesting links, more links, references, reference,"
    " further reading, reading, reading list, books, books mentioned, bibliography, sources,"
    " see also, more info, more information, more, other, others, other notes, other notices,"
    " miscellaneous, misc, miscellany, random, random notes, random thoughts, quotes, tools,"
    " glossary, faq, q a, qa, q and a, questions, questions and answers, questions answers,"
    " open questions, discussion, audience questions, actions, action items, actionable items,"
    " next steps, next, todo, to do, todos, to google, things to google, things to check out,"
    " things to look up, things to look into, look into, to look up, to research, follow up,"
    " follow ups, followups, homework, ideas, lessons, lessons learned, learnings, key learnings,"
    " what i learned, what i learnt, what i liked, what i did not like, good, bad, pros, cons,"
    " the good, the bad, the ugly, location, venue, the venue, travel, getting there, hotel, food,"
    " wifi, organisation, organization, logistics, photos, pictures, pics, gallery, videos, video,"
    " slides, recordings, materials, details, conference details, event details, information,"
    " info, contact, credits, acknowledgements, acknowledgments, thanks, thank you, license,"
    " licence, comments, feedback, upcoming conferences, upcoming events, upcoming, next year,"
    " closing, opening, welcome, closing remarks, opening remarks, welcome remarks, announcements,"
    " housekeeping, hashtags, twitter, tweets, notes on the notes, abstract, description, bio,"
    " about the speaker, speaker, speaker bio, prerequisites, setup, installation, usage,"
    " getting started, contributing, features, examples, example, demo, demos, definitions,"
    " problem, the problem, problems, solution, the solution, solutions, motivation, approach,"
    " results, evaluation, future work, limitations, related work, architecture, benefits,"
    " advantages, disadvantages, challenges, requirements, implementation, goals, non goals,"
    " zusammenfassung, fazit, einleitung, einfuhrung, inhalt, inhaltsverzeichnis, ressourcen,"
    " fragen, weitere links, quellen, danksagung, ausblick, eindrucke, sonstiges,"
    " resume, en resume, sommaire, table des matieres, introduction generale, liens, ressources,"
    " bilan, a retenir, pour conclure, remerciements, impressions generales, divers,"
    " resumen, conclusion general, conclusiones, introduccion, indice, enlaces, recursos,"
    " preguntas, agradecimientos, impresiones, referencias,"
    " まとめ, 感想, はじめに, おわりに, 最後に, 目次, 参考, 参考リンク, "
    "リンク, 質疑応答, 質問, 概要,"
    " 所感, 全体の感想, 参考資料, 总结, 小结, 前言, 目录, 参考资料, 链接, "
    "问答, 感想, 后记, 引言, 结语"
)
"""Folded headings of sections that are no talks, in or between them."""

FIELD_LABELS: dict[str, str] = {
    label: field
    for field, labels in {
        "speaker": "speaker speakers presenter presenters presented_by presentation_by talk_by by"
        " with given_by author authors host hosts hosted_by panelist panelists panellists panel"
        " moderator moderators instructor instructors lecturer who speaker_s presenter_s name"
        " speaker_name speakers_names facilitator facilitators trainer trainers featuring"
        " referent referenten referentin sprecher sprecherin vortragender vortragende von"
        " intervenant intervenants intervenante conferencier orateur orateurs oratrice par"
        " animateur ponente ponentes orador oradores por relatore relatori spreker sprekers"
        " 発表者 登壇者 講演者 スピーカー 講師 讲者 演讲者 主讲人 講者 嘉宾 分享人 speaker_bio",
        "title": "title talk talk_title session session_title topic titel thema vortrag titre"
        " sujet titulo charla タイトル 題目 主题 标题",
        "abstract": "abstract description summary_from_the_program zusammenfassung"
        " beschreibung resumen_de_la_charla 概要 摘要 synopsis official_description",
        "room": "room where location stage hall raum saal ort wo salle lieu sala lugar venue 会場"
        " 地点",
        "time": "time when zeit uhrzeit wann heure quand horaire hora cuando 時間 时间 "
        "duration dauer"
        " duree length slot",
        "date": "date datum fecha data day 日付 日期",
        "track": "track strand theme_track level audience_level difficulty category type format"
        " language sprache langue tags keywords session_type session_id session_code id code",
        "links": "slides slide_deck deck video videos recording recordings link links url urls"
        " website web site blog code repo repository github twitter demo materials material"
        " folien aufzeichnung diapositives diapos enregistrement diapositivas "
        "スライド 資料 動画 幻灯片"
        " 视频 slides_and_video slides_video talk_page session_page abstract_link program_link"
        " schedule_link presentation source sourcecode source_code youtube vimeo notes",
        "organisation": "company organization organisation affiliation employer firma unternehmen"
        " entreprise empresa 所属 公司",
        "event": "event conference conf meetup summit veranstaltung konferenz evenement "
        "evento congreso"
        " イベント 会议 大会",
        "role": "role title_role job position job_title",
    }.items()
    for label in (word.replace("_", " ") for word in labels.split())
}
"""Folded label before a colon, and the field that it names."""

CONFERENCE_WORDS = word_set(
    "conference conferences conf summit meetup meetups devroom unconference barcamp symposium"
    " devopsdays keynote keynotes konferenz kongress conferencia congreso congres colloque"
    " convention hackfest barcamps talks speakers 勉強会 カンファレンス 大会 峰会 keynoters summits"
    " 参加レポート 参加メモ 컨퍼런스 세미나 후기"
)
"""Words that show that a note is about a conference."""

EVENT_NOUNS = word_set(
    "conference conf con summit meetup days day camp fest festival forum symposium expo week"
    " world congress convention kongress konferenz tage workshop colloquium devroom unconference"
    " barcamp jam hackathon connect live connection experience"
)
"""Words that end or begin the name of a conference."""

NOTE_WORDS = word_set(
    "notes note recap report review summary summaries highlights highlight trip wrap writeup"
    " writeups sessions session keynotes keynote talks talk links thoughts takeaways impressions"
    " experience experiences learnings lessons roundup live liveblog liveblogging blog part"
    " notizen bericht ruckblick notas resumen compte rendu retour"
    " summary overview attending visiting my from the at of and on in for to a an about with"
    " conference some a few quick random i attended going what learned learnt key schedule"
    " slides videos resources presentations presentation first second third fourth one two three"
    " sketchnotes sketch reflections diary journal log tl dr"
)
"""Words of a note's title that are about the note, not about the event."""
