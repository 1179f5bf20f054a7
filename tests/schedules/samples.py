"""One small programme in every format, made up."""

import json

JSON = json.dumps(
    {
        "schedule": {
            "version": "1.2",
            "base_url": "https://river.example/2024/",
            "conference": {
                "acronym": "rc24",
                "title": "River Conf 2024",
                "start": "2024-06-03",
                "end": "2024-06-04",
                "time_zone_name": "Europe/Zurich",
                "days": [
                    {
                        "index": 1,
                        "date": "2024-06-03",
                        "rooms": {
                            "Weir": [
                                {
                                    "id": 11,
                                    "date": "2024-06-03T10:00:00+02:00",
                                    "start": "10:00",
                                    "duration": "00:45",
                                    "room": "Weir",
                                    "title": "Pumps without electricity",
                                    "subtitle": "a field report",
                                    "track": "Water",
                                    "type": "Talk",
                                    "language": "en",
                                    "abstract": "<p>Rams &amp; wheels.</p><p>Cheap.</p>",
                                    "persons": [{"id": 1, "public_name": "Mira Stone"}],
                                    "links": [
                                        {"title": "Code", "url": "https://code.example/ram"},
                                        {"title": "Video", "url": "https://v.example/11.webm"},
                                    ],
                                    "url": "https://river.example/2024/11/",
                                }
                            ],
                            "Lock": [
                                {
                                    "id": 12,
                                    "date": "2024-06-03T22:30:00Z",
                                    "start": "00:30",
                                    "duration": "1:00",
                                    "title": "Night walk",
                                    "persons": [{"name": "Jonas Weir"}, "Ada Lindqvist"],
                                }
                            ],
                        },
                    }
                ],
            },
        }
    }
)
WIDGET = json.dumps(
    {
        "timezone": "Europe/Zurich",
        "event_start": "2024-06-03",
        "event_end": "2024-06-04",
        "version": "0.4",
        "rooms": [{"id": 1, "name": {"de": "Wehr", "en": "Weir"}}],
        "tracks": [{"id": 7, "name": {"en": "Water"}}],
        "speakers": [{"code": "MS", "name": "Mira Stone"}],
        "talks": [
            {
                "code": "A1B2",
                "title": "Pumps without electricity",
                "abstract": "Rams.",
                "speakers": ["MS"],
                "track": 7,
                "room": 1,
                "start": "2024-06-03T08:00:00Z",
                "end": "2024-06-03T08:45:00Z",
            },
            {"title": {"en": "Lunch"}, "start": "2024-06-03T10:00:00Z"},
        ],
    }
)
XML = """<?xml version="1.0" encoding="UTF-8"?>
<schedule>
  <version>1.2</version>
  <conference>
    <title>River Conf 2024</title><acronym>rc24</acronym>
    <start>2024-06-03</start><end>2024-06-04</end>
    <time_zone_name>Europe/Zurich</time_zone_name>
    <base_url>https://river.example/2024/</base_url>
  </conference>
  <day index="1" date="2024-06-03">
    <room name="Weir">
      <event id="11" guid="5f1c">
        <date>2024-06-03T10:00:00+02:00</date><start>10:00</start><duration>00:45</duration>
        <room>Weir</room><title>Pumps without electricity</title><subtitle>a field report</subtitle>
        <track>Water</track><type>Talk</type><language>en</language>
        <abstract>Rams &amp; wheels.</abstract>
        <url>https://river.example/2024/11/</url>
        <persons><person id="1">Mira Stone</person></persons>
        <links><link href="https://v.example/11.webm">Video</link></links>
      </event>
    </room>
    <room name="Lock">
      <event id="12"><date>2024-06-04T00:30:00+02:00</date><start>00:30</start>
        <duration>1:00</duration><title>Night walk</title>
        <persons><person>Jonas Weir</person><person>Ada Lindqvist</person></persons>
      </event>
    </room>
  </day>
</schedule>
"""
ICAL = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//made up//EN
X-WR-CALNAME:River Conf 2024
X-WR-TIMEZONE:Europe/Zurich
BEGIN:VEVENT
UID:11@river.example
SUMMARY:Pumps without electricity
DTSTART:20240603T080000Z
DTEND:20240603T084500Z
LOCATION:Weir
CATEGORIES:Water
URL:https://river.example/2024/11/
DESCRIPTION:Rams and wheels.
ATTENDEE;CN=Mira Stone:mailto:mira@river.example
END:VEVENT
BEGIN:VEVENT
UID:12@river.example
SUMMARY:Night walk
DTSTART;TZID=Europe/Zurich:20240604T003000
DURATION:PT1H
LOCATION:Lock
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
CSV = """\
title;speakers;date;start;duration;room;track;url;recording
Pumps without electricity;Mira Stone;2024-06-03;10:00;45;Weir;Water;https://river.example/2024/11/;
Night walk;"Jonas Weir; Ada Lindqvist";2024-06-04;0:30;1:00;Lock;;;javascript:alert(1)
"""
FILES = {
    "schedule.json": JSON.encode(),
    "schedule.xml": XML.encode(),
    "schedule.ics": ICAL.encode(),
    "schedule.csv": CSV.encode(),
}
