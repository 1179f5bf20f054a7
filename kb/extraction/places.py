"""Cities and countries where conferences are held: what in an event's name is its place.

A place that stands in no list is still found where the text says so (`in Springfield`).
"""

from kb.extraction.lexicon import fold

_CITIES = """
Aachen,Aarhus,Adelaide,Alicante,Amsterdam,Ann Arbor,Antwerp,Antwerpen,Asheville,Athens,Atlanta,
Auckland,Austin,Baltimore,Bangalore,Bengaluru,Bangkok,Barcelona,Basel,Bath,Beijing,Belfast,
Belgrade,Bergen,Berkeley,Berlin,Bern,Bilbao,Birmingham,Bogota,Bogotá,Bologna,Bonn,Bordeaux,
Boston,Boulder,Bratislava,Bremen,Brighton,Brisbane,Bristol,Brno,Brooklyn,Brussels,Bruxelles,
Bucharest,Budapest,Buenos Aires,Cairo,Calgary,Cambridge,Cape Town,Cardiff,Charlotte,Chennai,
Chicago,Christchurch,Cincinnati,Cleveland,Cluj,Cologne,Köln,Columbus,Copenhagen,København,Cork,
Dallas,Darmstadt,Delft,Denver,Detroit,Dresden,Dubai,Dublin,Dundee,Durham,Dusseldorf,Düsseldorf,
Edinburgh,Eindhoven,Erlangen,Essen,Exeter,Florence,Firenze,Frankfurt,Fukuoka,Galway,Gdansk,
Geneva,Genève,Ghent,Gent,Glasgow,Gothenburg,Göteborg,Grenoble,Hamburg,Hannover,Hanover,Hanoi,
Heidelberg,Helsinki,Hong Kong,Honolulu,Houston,Hyderabad,Indianapolis,Istanbul,Jakarta,Jena,
Jerusalem,Johannesburg,Kansas City,Karlsruhe,Kiel,Krakow,Kraków,Kuala Lumpur,Kyiv,Kyoto,
Las Vegas,Lausanne,Leeds,Leipzig,Leuven,Liverpool,Lille,Lima,Linz,Lisbon,Lisboa,Ljubljana,
London,Los Angeles,Louisville,Lund,Luxembourg,Lyon,Madison,Madrid,Mainz,Malaga,Málaga,Malmö,
Malmo,Manchester,Manila,Mannheim,Marseille,Medellín,Medellin,Melbourne,Memphis,Mexico City,
Miami,Milan,Milano,Milwaukee,Minneapolis,Minsk,Montevideo,Montpellier,Montreal,Montréal,Moscow,
Mumbai,Munich,München,Munster,Münster,Nagoya,Nairobi,Nantes,Naples,Nashville,New Delhi,
New Orleans,New York,New York City,NYC,Newcastle,Nice,Nottingham,Nuremberg,Nürnberg,Oakland,
Omaha,Orlando,Osaka,Oslo,Ottawa,Oulu,Oxford,Palo Alto,Paris,Perth,Philadelphia,Phoenix,Pisa,
Pittsburgh,Portland,Porto,Potsdam,Poznan,Prague,Praha,Providence,Pune,Quebec,Raleigh,Rennes,
Reykjavik,Reykjavík,Riga,Rio de Janeiro,Rochester,Rome,Roma,Rotterdam,Sacramento,
Salt Lake City,Salzburg,San Antonio,San Diego,San Francisco,San Jose,Santa Clara,Santa Cruz,
Santiago,Sao Paulo,São Paulo,Sapporo,Seattle,Seoul,Sevilla,Seville,Shanghai,Sheffield,Shenzhen,
Singapore,Sofia,Southampton,Stockholm,St. Louis,Strasbourg,Stuttgart,Sydney,Taipei,Tallinn,
Tampa,Tampere,Tbilisi,Tel Aviv,Thessaloniki,The Hague,Tokyo,Toronto,Toulouse,Trondheim,Tucson,
Tunis,Turin,Torino,Turku,Utrecht,Valencia,Vancouver,Venice,Verona,Vienna,Wien,Vilnius,Warsaw,
Warszawa,Washington,Washington DC,Wellington,Winnipeg,Wroclaw,Wrocław,Zagreb,Zaragoza,Zurich,
Zürich,東京,大阪,福岡,京都,札幌,名古屋,台北,北京,上海,深圳,杭州,广州,成都,香港,Recife,Salvador,
Curitiba,Belo Horizonte,Florianópolis,Brasília,Porto Alegre,Cartagena,Cali,Quito,Guadalajara,
Monterrey,Rosario,Cádiz,Granada,Vigo,Cagliari,Bari,Palermo,Catania,Genoa,Genova,Trento,Bergamo,
Padova,Pula,Rijeka,Skopje,Sarajevo,Tirana,Cluj-Napoca,Iași,Timișoara,Brașov,Kharkiv,Lviv,
Odessa,Kazan,Saint Petersburg,Yerevan,Almaty,Beirut,Amman,Doha,Riyadh,Abu Dhabi,Karachi,Lahore,
Dhaka,Colombo,Kathmandu,Ho Chi Minh City,Chiang Mai,Penang,Bali,Hobart,Canberra,Dunedin,
Queenstown,Accra,Lagos,Kampala,Kigali,Addis Ababa,Casablanca,Marrakech,Durban,Pretoria,
Windhoek,Des Moines,Charleston,Savannah,Albuquerque,Anaheim,Long Beach,San Mateo,Mountain View,
Menlo Park,Redmond,Bellevue,Halifax,Edmonton,Saskatoon,Waterloo,Swansea,Aberdeen,Inverness,
Norwich,Leicester,Coventry,Limerick,Nijmegen,Groningen,Maastricht,Tilburg,Leiden,Bruges,Liège,
Namur,Metz,Dijon,Angers,Brest,Clermont-Ferrand,Nîmes,Annecy,Lugano,St. Gallen,Winterthur,
Innsbruck,Graz,Augsburg,Freiburg,Regensburg,Würzburg,Kassel,Göttingen,Bielefeld,Dortmund,
Duisburg,Bochum,Paderborn,Rostock,Lübeck,Magdeburg,Chemnitz,Erfurt,Weimar,Stavanger,Tromsø,
Linköping,Uppsala,Umeå,Odense,Aalborg,Jyväskylä,Tartu,Kaunas,Katowice,Łódź,Szczecin,Lublin,
Ostrava,Plzeň,Košice,Debrecen,Szeged,Maribor,Novi Sad,Plovdiv,Varna,Kobe,Yokohama,Hiroshima,
Okinawa,Kaohsiung,Busan,Daejeon,Chengdu,Nanjing,Goa,Kolkata,Jaipur,Kochi,Ahmedabad,仙台,広島,
神戸,横浜,沖縄,松江,南京,成都,서울,부산,판교
"""
_COUNTRIES = """
Argentina,Australia,Austria,Belgium,Brazil,Brasil,Bulgaria,Canada,Chile,China,Colombia,Croatia,
Czechia,Denmark,Estonia,Finland,France,Germany,Deutschland,Greece,Hungary,Iceland,India,
Indonesia,Ireland,Israel,Italy,Italia,Japan,Kenya,Korea,Latvia,Lithuania,Malaysia,Mexico,
Netherlands,New Zealand,Nigeria,Norway,Peru,Philippines,Poland,Portugal,Romania,Russia,
Scotland,Serbia,Slovakia,Slovenia,South Africa,Spain,España,Sweden,Switzerland,Taiwan,Thailand,
Turkey,Ukraine,Uruguay,Vietnam,Wales
"""

CITIES: dict[str, str] = {
    fold(name): name.strip() for name in _CITIES.replace("\n", "").split(",") if name.strip()
} | {"sf": "San Francisco", "nyc": "New York", "bcn": "Barcelona"}
"""Folded name of a city to the name."""

COUNTRIES: frozenset[str] = frozenset(
    fold(name) for name in _COUNTRIES.replace("\n", "").split(",") if name.strip()
)
"""Folded names of countries: in the name of an event they are part of it (`PyCon Germany`)."""

LONGEST = max(len(name.split()) for name in CITIES)


def find_city(words: list[str]) -> tuple[int, int] | None:
    """Return where in `words` a city stands, from and up to, the last one of several."""
    starts = [
        start
        for start, word in enumerate(words)
        if not word.isascii() or word[:1] != word[:1].lower()
    ]
    folded = [fold(word) for word in words] if starts else []
    for start in reversed(starts):
        for size in range(min(LONGEST, len(words) - start), 0, -1):
            if (
                " ".join(folded[start : start + size]) in CITIES
                and words[start][:1] != words[start][:1].lower()
            ):
                wider = start - 1
                if wider >= 0 and " ".join(folded[wider : start + size]) in CITIES:
                    return wider, start + size
                return start, start + size
            if not words[start].isascii() and folded[start] in CITIES:
                return start, start + 1
    return None
