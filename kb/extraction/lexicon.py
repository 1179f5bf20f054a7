"""Words that tell what a heading is for, in the languages that notes are mostly written in.

Only closed classes stand here (days, breaks, containers, labels, kinds of sessions): words whose
meaning does not depend on the conference. Everything else is judged by shape and company.
English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Japanese, Korean and
Chinese, as far as a class has common words there.
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
        "monday": "monday mon montag lundi lunes segunda lunedi maandag 月曜日 月曜 星期一 周一"
        " poniedzialek понедельник 월요일",
        "tuesday": "tuesday tue tues dienstag mardi martes terca martedi dinsdag 火曜日 火曜 "
        "星期二 周二 wtorek вторник 화요일",
        "wednesday": "wednesday wed mittwoch mercredi miercoles quarta mercoledi woensdag 水曜日 "
        "水曜"
        " 星期三 周三 sroda 수요일",
        "thursday": "thursday thu thur thurs donnerstag jeudi jueves quinta giovedi donderdag"
        " 木曜日 木曜 星期四 周四 czwartek четверг 목요일",
        "friday": "friday fri freitag vendredi viernes sexta venerdi vrijdag 金曜日 金曜 "
        "星期五 周五 piatek пятница 금요일",
        "saturday": "saturday sat samstag samedi sabado sabato zaterdag 土曜日 土曜 星期六 周六"
        " sobota суббота 토요일",
        "sunday": "sunday sun sonntag dimanche domingo domenica zondag 日曜日 日曜 星期日 周日"
        " niedziela воскресенье 일요일",
    }.items()
    for name in names.split()
}
"""Folded name of a weekday, in any of the languages, to its English name."""

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro gennaio januari stycznia января",
            "february feb februar fevrier febrero fevereiro febbraio februari lutego февраля",
            "march mar marz maerz mars marzo marco maart marca марта",
            "april apr avril abril aprile kwietnia апреля",
            "may mai mayo maio maggio mei maja мая",
            "june jun juni juin junio junho giugno czerwca июня",
            "july jul juli juillet julio julho luglio lipca июля",
            "august aug aout agosto augustus sierpnia августа",
            "september sep sept septembre septiembre setembro settembre wrzesnia сентября",
            "october oct oktober okt octobre octubre outubro ottobre pazdziernika октября",
            "november nov novembre noviembre novembro listopada ноября",
            "december dec dezember dez decembre diciembre dezembro dicembre grudnia декабря",
        ),
        start=1,
    )
    for name in names.split()
}
"""Folded name of a month to its number."""

DAY_WORDS = word_set("day tag jour dia giorno dag jornada journee dzien день")
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
    ("主題演講", "keynote"),
    ("키노트", "keynote"),
    ("기조연설", "keynote"),
    ("라이트닝 토크", "lightning"),
    ("워크숍", "workshop"),
    ("мастер класс", "workshop"),
    ("воркшоп", "workshop"),
    ("круглыи стол", "panel"),
    ("painel", "panel"),
    ("mesa redonda", "panel"),
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
    " 主題演講, 演講, 키노트, 기조연설, 발표, 라이트닝 토크, 워크숍, 패널, кейноут, доклад,"
    " мастер класс, воркшоп, круглый стол, prelekcja, wyklad, warsztaty, palestra, painel,"
    " lezing,"
    " breakout, breakout session, opening talk, closing talk, featured talk, short talk"
)
"""A whole field of a heading that only names a kind of session."""

KIND_LINES = LABELS | _phrases(
    "quickie, quickies, tools in action, university, deep dive, deep dive session, hands on,"
    " hands on lab, byte size, chalk talk, builders session, general session, breakout talk,"
    " theater session, birds of a feather, short paper, full paper, oral, spotlight, poster,"
    " invited, contributed, contributed talk, kurzvortrag, table ronde"
)
"""A whole line below a title that only names a kind of session."""

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
    " 午餐, 午休, 茶歇, 休息, 晚宴, 签到, 茶敘, 報到,"
    " intervalo, cafe da manha, credenciamento, jantar, colazione, pausa pranzo, pausa caffe,"
    " registrazione, pauze, koffie, koffiepauze, borrel, ontvangst, inloop, registratie,"
    " obiad, przerwa, przerwa kawowa, przerwa obiadowa, rejestracja, kolacja,"
    " обед, перерыв, кофе, кофе брейк, регистрация, ужин, афтепати,"
    " 점심, 점심시간, 점심 시간, 휴식, 휴식시간, 쉬는 시간, 등록, 뒤풀이, 네트워킹,"
    " vendors, vendor, vendor hall, exhibitors, exhibitor hall, exhibit hall, booths, stands,"
    " sponsor hall, sponsor booths, exhibition hall, expo floor, show floor, arrival, departure,"
    " airport, the flight, sightseeing, anreise, abreise, ruckreise, essen, unterkunft, le voyage,"
    " le lieu, el viaje, la comida"
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
    " lighting talks, lightening talks, flash talks, lightning, ignites, lts, lt, lt大会, panels,"
    " workshops,"
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
    " プログラム, 演讲, 议程, 日程, 会议, 分享, 演講, 議程, 會議,"
    " apresentacoes, programacao, presentazioni, programma, presentaties, lezingen, sessies,"
    " prelekcje, prezentacje, wyklady, konferencja, доклады, выступления, программа, расписание,"
    " конференция, 세션, 발표, 발표 내용, 프로그램, 일정, 오전, 오후, 오전 세션, 오후 세션"
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
    " topics, important dates, submissions, call for papers, call for proposals, committee,"
    " programme committee, program committee, organizing committee, organising committee,"
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
    "问答, 感想, 后记, 引言, 结语, 總結, 小結, 結論, 結語, 心得, 目錄, 參考資料, 連結, 問答,"
    " 後記, 簡介, 介紹, 自我介紹, 简介, 介绍, 自我介绍,"
    " introducao, conclusao, consideracoes finais, resumo, links uteis, perguntas, impressoes,"
    " agradecimentos, sobre o evento, aprendizados, introduzione, conclusione, conclusioni,"
    " domande, riferimenti, risorse, impressioni, ringraziamenti, riepilogo,"
    " inleiding, conclusie, samenvatting, vragen, bronnen, indrukken, locatie, slotwoord, nawoord,"
    " wstep, podsumowanie, wnioski, zakonczenie, linki, pytania, spis tresci, wrazenia, zrodla,"
    " введение, вступление, заключение, итоги, выводы, впечатления, общие впечатления, ссылки,"
    " вопросы, вопросы и ответы, содержание, оглавление, материалы,"
    " 소개, 들어가며, 들어가기, 시작하며, 시작하기 전에, 마치며, 마무리, 정리, 요약, 느낀점,"
    " 느낀 점, 배운 점, 후기, 총평, 결론, 목차, 참고, 참고자료, 참고 자료, 링크, 질문, 질의응답,"
    " 개요, 회고, book recommendations, recommended books, recommended reading, books to read,"
    " papers mentioned, tools mentioned, libraries mentioned"
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
        " 発表者 登壇者 講演者 スピーカー 講師 讲者 演讲者 主讲人 講者 嘉宾 分享人 speaker_bio"
        " 演講者 主講人 발표자 연사 스피커 강연자 докладчик докладчики спикер спикеры лектор"
        " prelegent prelegenci prelegentka prelegentki palestrante palestrantes oratore oratori",
        "title": "title talk talk_title session session_title topic titel thema vortrag titre"
        " sujet titulo charla タイトル 題目 主题 标题 標題 제목 주제 тема доклад tytul temat"
        " palestra titolo onderwerp",
        "abstract": "abstract description summary_from_the_program zusammenfassung"
        " beschreibung resumen_de_la_charla 概要 摘要 synopsis official_description 초록 аннотация"
        " описание opis streszczenie descricao descrizione",
        "room": "room where location stage hall raum saal ort wo salle lieu sala lugar venue 会場"
        " 地点 地點 장소 место зал miejsce luogo zaal",
        "time": "time when zeit uhrzeit wann heure quand horaire hora cuando 時間 时间 시간 время "
        "godzina horario orario tijd "
        "duration dauer"
        " duree length slot",
        "date": "date datum fecha data day 日付 日期 날짜 일시 дата",
        "track": "track strand theme_track level audience_level difficulty category type format"
        " language sprache langue tags keywords session_type session_id session_code id code",
        "links": "slides slide_deck deck video videos recording recordings link links url urls"
        " website web site blog code repo repository github twitter demo materials material"
        " folien aufzeichnung diapositives diapos enregistrement diapositivas "
        "スライド 資料 動画 幻灯片"
        " 视频 slides_and_video slides_video talk_page session_page abstract_link program_link"
        " schedule_link presentation source sourcecode source_code youtube vimeo notes"
        " 簡報 投影片 錄影 影片 발표자료 발표_자료 자료 슬라이드 영상 слайды"
        " презентация видео запись slajdy nagranie wideo apresentacao gravacao registrazione",
        "organisation": "company organization organisation affiliation employer firma unternehmen"
        " entreprise empresa 所属 公司 소속 회사 компания azienda bedrijf",
        "event": "event conference conf meetup summit veranstaltung konferenz evenement "
        "evento congreso"
        " イベント 会议 大会 會議 活動 행사 컨퍼런스 конференция мероприятие konferencja"
        " wydarzenie conferencia",
        "role": "role title_role job position job_title",
    }.items()
    for label in (word.replace("_", " ") for word in labels.split())
}
"""Folded label before a colon, and the field that it names."""

CONFERENCE_WORDS = word_set(
    "conference conferences conf summit meetup meetups devroom unconference barcamp symposium"
    " devopsdays keynote keynotes konferenz kongress conferencia congreso congres colloque"
    " convention hackfest barcamps talks speakers 勉強会 カンファレンス 大会 峰会 keynoters summits"
    " 参加レポート 参加メモ 컨퍼런스 세미나 후기 конференция конференции митап доклады"
    " konferencja konferencji conferencias palestras"
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
    " sketchnotes sketch reflections diary journal log tl dr post"
)
"""Words of a note's title that are about the note, not about the event."""
