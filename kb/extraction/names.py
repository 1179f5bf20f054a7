"""How much a piece of text looks like a person's name.

No list of the world's names could be long enough, so a name is weighed from its shape, from words
that are never part of one, from some given names as a hint, and above all from the company it
keeps: people who are named elsewhere, and words that the notes use in lower case.
"""

import re
from functools import lru_cache

from kb.extraction.lexicon import MONTHS, WEEKDAYS, fold, word_set
from kb.model.pattern import Pattern
from kb.model.value import Value

PARTICLES = word_set(
    "van von der den de del della di da dos das do du la le el al bin ibn ben ten ter zu zur af av"
    " mac mc y e san st und"
)
HONORIFICS = word_set(
    "dr prof professor mr mrs ms miss sir dame phd md dipl ing herr frau mme sr sra rev hon"
)

GIVEN = word_set("""
aaron abby abdul abigail abraham adam addy adele aditya adrian adriana ahmed aisha ajay akira alan
albert alejandra alejandro aleksandr alessandro alex alexa alexander alexandra alexis alfred ali
alice alicia alina alison allan allen alvaro amanda amber amelia amir amit amy ana anand anastasia
anders andre andrea andreas andrei andres andrew andrey andy angel angela angelika angie anil
anita anja anjali ankit ann anna anne annette annie anthony antje anton antonio anusha april ari
ariel arjun armin arne arnold arthur artur arun arvind asha ashish ashley astrid atsushi audrey
axel barbara bart beatrice beatriz becky ben benjamin benoit bernard bernd bert beth betsy betty
bill billy bjorn bob bobby boris brad bradley brandon brenda brendan brett brian bridget brigitte
brooke bruce bruno bryan burak caitlin cameron camille carl carla carlos carmen carol carolina
caroline caroline carsten casey catherine cathy cecilia cedric celine charles charlie charlotte
chad chen cheryl chloe chris christa christian christiane christina christine christoph christophe
christopher cindy claire clara clare claudia claus clemens cliff clive colin connie conor corey
cornelia craig cristian cristina curtis cynthia daisuke damian damien dan dana daniel daniela
daniele danielle danny darren dave david davide dawn dean debbie deborah deepak denis denise
dennis derek devin diana diane diego dieter dietmar dimitri dinesh dirk divya dmitri dmitry
dominic dominik don donald donna doris doug douglas duncan dustin dylan earl ed eddie edgar edith
eduardo edward edwin eileen elaine eleanor elena eli elias elisa elisabeth elizabeth elke ella
ellen emil emilia emily emma emmanuel enrique eric erica erich erik erika erin ernest esther ethan
eugene eva evan evelyn fabian fabio fatima federico felicia felipe felix ferdinand fernando filip
finn fiona florence florian frances francesca francesco francis francisco francois frank franz
fred frederic frederick frederik frieda friedrich gabriel gabriela gabriele gareth gary gavin
geoff george georg georgina gerald gerard gerhard gert giles gilbert gina giorgio giovanni giulia
glen glenn gloria gonzalo gordon grace graham greg gregor gregory greta guido guillaume gunnar
gunter gustavo guy hadley hannah hannes hans harald harold harry hassan heather hector heidi heike
heiko heinz helen helena helene helga helmut hendrik henning henri henrik henry herbert herman
hilary hiroshi holger holly howard hubert hugh hugo ian ibrahim ida igor ilya ina ines inga ingo
ingrid irene iris isaac isabel isabelle ivan jack jackie jacob jacqueline jacques jaime jake jakob
jakub james jamie jan jana jane janet janice jasmine jason javier jay jean jeff jeffrey jen jenna
jennifer jenny jens jeremy jerome jerry jess jesse jessica jesus jill jim jimmy jin jo joachim
joan joanna joanne joao jochen jody joe joel joerg johan johann johanna johannes john johnny jon
jonas jonathan jordan jordi jorge joris jose josef joseph josh joshua josie joyce juan judith judy
julia julian juliana julie julien juliet julio julius jun june jurgen justin justine kai kaitlyn
karen karim karin karl karsten kat kate katharina katherine kathleen kathrin kathy katie katja
katrin katrina katy kay kazuhiro kei keith kelly kelsey ken kenji kenneth kenta kent kerstin kevin
kim kimberly kirsten klaus konrad kris krishna kristen kristian kristin kristina krzysztof kumar
kurt kyle lara larry lars laura lauren laurence laurent laurie lea leah lee leigh lena leo leon
leonard leonardo leslie liam lidia lin linda lisa liz lloyd lorenzo lori lothar louis louise luc
luca lucas lucia lucy luis luise luke luz lydia lynn maciej maggie malcolm manfred manuel mara
marc marcel marcello marcin marco marcos marcus margaret maria marian mariana marie marina mario
marion marisa marissa marius mark marko markus marta martha martin martina mary masahiro mat
mateusz mathew mathias mathieu mats matt matteo matthew matthias matthieu matz maurice mauro max
maxim maximilian maya meg megan mehmet mei melanie melinda melissa mercedes meredith mia michael
michaela michal michel michele michelle miguel mihai mika mikael mike mikhail milan mina ming
miranda miriam mitchell mohamed mohammad mohammed moises molly mona monica monika monique morgan
moritz murat nadia nadine nancy naomi natalia natalie natasha nathan nathalie neal ned neil
nicholas nick nico nicola nicolas nicole niels nigel nikhil nikita niklas niko nikola nikolai nils
nina nir noah noel nora norbert norman oleg oliver olivia olivier olga omar oscar oskar otto owen
pablo pamela paola paolo pascal pat patricia patricio patrick patrik patty paul paula pavel pedro
penny per pete peter petr petra phil philip philipp philippe phillip phoebe pierre pierrick piotr
pooja prakash priya rachel radek rafael raffaele rahul rainer raj rajesh ralf ralph ram ramon randy
raphael raquel ravi ray raymond rebecca regina reinhard rene renee ricardo riccardo rich richard
rick rob robert roberta roberto robin rod rodrigo roger rohan rohit roland rolf roman romain ron
ronald ronny rory rosa rose roxanne roy ruben rudolf rupert russell ruth ryan sabine sabrina sally
sam samantha samir samuel sandra sandro sandy sanjay santiago sara sarah sascha satoshi saul scott
sean sebastian sebastien selena serena serge sergei sergey sergio seth shannon sharon shaun shawn
sheila shelly sheryl shin shirley shreya sid siddharth silke silvia simon simona simone sofia
sonia sonja sophia sophie soren stacey stacy stefan stefanie stefano steffen stephan stephane
stephanie stephen steve steven stewart stuart sudhir sue sun sunil suresh susan susanne suzanne
sven svenja sylvia sylvain takashi takeshi tamara tania tanja tanya tara taro tatiana taylor ted
teresa terry tessa theo theresa thierry thomas thorsten tiffany till tim timo timothy tina tobias
todd tom tomas tomasz tommy tony torsten tracy travis trevor trisha troy tyler ulf uli ulrich
ulrike ursula uwe valentin valentina valeria valerie vanessa vera veronica veronika vicky victor
victoria vijay vikram vincent vinod virginia vishal vivek vivian vlad vladimir volker walter wanda
warren wayne wei wendy werner wes wesley will william willy wolfgang xavier yan yann yash yasmin
yi ying yogesh yoshi yukihiro yuki yulia yuri yusuf yves yvonne zach zachary zack zoe zoltan
""")
"""Common given names, folded: a hint, never a proof (`Will`, `Mark`, `April` are words, too)."""

COMMON = word_set("""
about accelerating access accessibility accessible action active adaptive adopting adoption
advanced adventure adventures agile agent agents ai algorithm algorithms all alternative always an
analysis analytics and animation animations another answer answers anti any api apis app
application applications approach apps arabic architecture architectures around art artificial as
assembly async asynchronous at attack attacks audio augmented auth authentication automated
automatic automating automation autonomous avoid avoiding award back backend backends bad bank
bare basic basics beautiful become becoming before behavior behaviour behind best better between
beyond big bigger blockchain blue board body book books boot bot bots bottom brain brand brave
break breaking bridge bridging bring bringing browser browsers bug bugs build builder building
builds built business but buzzwords cache caching calls can case cases central chain challenge
challenges change changes changing chaos chat chatbots check class classes clean client clients
cli cloud clouds cluster clusters code coding collaboration collective color command common
communicating communication communities community company compiler compilers complete complex
complexity component components composable computer computing concepts concurrency concurrent
config configuration connected connecting consistent consumer consuming container containers
content continuous contributing control controller conversation core correct cost costs crash
create creating creative crisis critical cross crypto culture curing curve custom customer dark
dashboard data database databases day days deaf dealing debugging decentralized decision decisions
declarative deep defense delivering delivery demo dependency deploy deploying deployment
deployments design designer designers designing desktop dev develop developer developers
developing development device devices devops difference different digital distributed diverse
diversity do document documentation docs does doing domain done driven drone dynamic early easy
economy ecosystem edge editor education effect effective efficient elastic electron element
elements embedded embracing emerging empathy empowering enabling encryption end engine engineer
engineering engineers enterprise environment environments error errors essential ethics event
events every everyone everything everywhere evolution evolving example experience experiences
experiment experiments explained exploring expressive extending extension extreme face fail
failing failure failures fallacies fast faster fault feature features feedback field fighting file
files finding first five fix flexible flow for form forms four framework frameworks free freedom
friendly from front frontend full fun function functional functions fundamentals future galaxy
game games gaming garbage gateway general generating generation generic geospatial getting git
give global go goals going golden good google graph graphs great green grid group growing growth
guide guides hack hacking hackers hands happy hard hardware health hello help helping hidden high
history home hook hooks how human humans hybrid i idea ideas identity images immutable impact
imperative implementing improve improved improving in inclusion inclusive index industry
information infrastructure infrastructures innovation innovations inside insights install instant
integrating integration intelligence intelligent interaction interactive interface interfaces
intern internal internals internet into intro introducing introduction is issue it its job jobs
journey just keep keeping kernel key kids kit know knowledge lab language languages large latency
latest launch layer layers layout leadership leading lean learn learned learning learnt legacy
lesson lessons level leveraging library libraries life lightning like line live load local log
logging logic long low machine machines made magic make making manage management manager managers
managing map mapping maps market marketing massive math matter matters maximum me meaning
measuring media meet memory mental message messages messaging meta method metrics micro
microservice microservices migrating migration mind minimal mobile model modeling modelling models
modern modes module modules monitoring monolith more most motion move moving much multi multiple
music my mythical myth myths name native natural navigating need network networking networks
neural new next no node not nothing notebook notes now object objects observability of offline on
one online ontology open operating operation operations operator operators ops optimal
optimization optimizing options or organization organizing other our out overview own package
packages packaging page pages panel paradigm parallel part party password path patterns pattern
people performance performant personal perspective physical pipeline pipelines pitfalls place plan
planet planning platform platforms play playing plugin plugins policy polyglot power powerful
practical practice practices practitioners predictable predicting prediction presentation preview
principles privacy private pro problem problems process processes processing product production
productive productivity products program programmer programmers programming progress progressive
project projects property protecting protocol protocols prototype proving public publishing pull
quality quantum queries query question questions queue quick quo race reactive reading ready real
reality realtime really recent recommendation refactoring reference relational release releases
reliability reliable remote render rendering report requests research resilience resilient
resource resources responsive rest rethinking reusable review revolution right rise risk road
roadmap robotics robots robust rock role room rules run running runtime safe safety scalable scale
scaling scene schema school science scientific scratch scripting search secret secrets secure
securing security self selling semantic send sense series server serverless servers service
services session sessions set shadow share shared shell shift ship shipping should show side
signal simple simplicity simplified single site sites six size skills sleep slow small smart so
social soft software solid solution solutions solving some source space spatial speaking special
speech speed spring stable stack standard standards start started starting startup startups state
static stateful status step steps stop storage store stories storing story strategic strategies
strategy stream streaming streams structure structured stuff style styles success summary super
support surprising survival sustainable swift switch system systems take taking tale tales talk
talking talks task tasks teaching team teams tech technical techniques technologies technology
telling ten test tested testing tests text than that the their them theory there these they thing
things think thinking this thoughts three through time tips to today together tomorrow too tool
toolbox tooling tools top topic topics total toward towards trace tracing traffic training
transactions transform transformation transforming transition transitions translate travel tree
trends tricks trouble true trust truth tuning tutorial two type typed types typing ui ultimate
under understanding unified universal unlocking unstructured up update updates upgrade upgrading
us usability use user users using ux value values version versus via video view views virtual
vision visual visualization visualizing voice vs walk war was watch way we web webapp webapps
website websites welcome well what when where which while who why wide wild wireless with within
without women work workflow workflows working works workshop world worlds worst write writing
wrong year years yet you your zero zone cambridge oxford boston berlin london paris university
institute college labs inc ltd gmbh llc corp corporation foundation hospital centre center
department ministry agency association society academy studio studios consulting partners ventures
capital red hat black white silver dell pivotal target morning afternoon evening monday tuesday
wednesday thursday friday saturday sunday abstract agenda breakfast lunch dinner coffee keynote
keynotes opening closing remarks ceremony takeaways speakers speaker sponsors sponsor schedule
registration track tracks hallway reception und der die das mit fur ein eine von im zur zum wie
warum les des pour avec dans une sur comment pourquoi los las para con por una como que advice
architect artist attitude audience autumn balance bamboo banjo basket bell bias bird block bolt
border bottle bread brick bubble butter button cafe cake call camera canvas captain carbon card
care castle cat chart chemistry choice chrome circle cities city clock cookie copy craft currency
dance dawn deal death debt depth dirty disaster discovery dog door dream driver dual duck earth
emergency empire energy equal escape exam eye factory family fashion fiction fire fish flash flat
forest forge format fortune fragment frame frenzy fresh fruit fuel gap garden gate ghost gift
glass gold grammar grand gravity guard habit hall handle hardening hazard heart heat heavy hell
hero hood horse hour house hunt ice image infinite ink input insect instance intent iron island
jelly jest journal jungle justice kitchen ladder lake lamp land lane launchpad law leaf leap lego
letter liberty light limit link lion list loop love lunar manual marathon mars mass master matrix
maze medical menu metal metric mile milk mill mining mirror mission mix moment money monkey
monster moon mountain mouse movement museum mushroom narrative nation nature night noise north
numbers ocean octopus oil onion opera orange orbit order organic owner oxygen pair panic paper
park passion patient payment peace phone photo pipe pirate pixel plane plant plate player poetry
point polymer pool port portal post potato pragmatic print prison profile proof proxy puzzle quest
radio rain random rate ratio reach recipe record recovery region religion repair repository
request rescue reverse ring river rocket roots round route routine row royal rush sand satellite
sauce scope score screen script sea season seat section sector seed sensor sequence seven shape
sheet shiny shop sketch skill sky smoke snake snow sound soup south spark spirit sport spot square
star station steam steel storm stranger street string summer surface survey swarm symphony syntax
table tactics tail tank tasty tax tea template tension tent territory theater theme thread throne
ticket tiger tiny title token torch touch tower town toy trail train transfer trap treasure trek
trial trick trip trolley truck tube turn twin union unit upside utility vacuum variable vehicle
verse victory village virus void volume voyage wall warm warning waste water wave weapon weather
weight west wheel whisper wind window winter wire wisdom wish witch wolf wonder wood word words
yard young zen zombie discussion discussions meeting maintaining leaving facing
""")
"""Folded words of titles and firms that are seldom part of a person's name."""

PRODUCTS = word_set("""
adobe airbnb akamai amazon apple aws azure bloomberg bmw bosch canonical cisco cloudflare
confluent css datadog docker dropbox ebay ember ericsson etsy facebook fastly github gitlab
graphql hashicorp heroku html huawei ibm intel java javascript kubernetes linkedin linux lyft
microsoft mirantis mozilla netflix nokia openstack oracle paypal phoenix python rackspace rails
react redis ruby rust salesforce samsung sap sass shopify siemens slack sony spotify sql stripe
suse thoughtworks toyota twitter typescript uber unix verizon vmware walmart windows wordpress
yahoo
""")
"""Folded names of products and firms that look like names of people, and are none."""

ORGANISATION = word_set(
    "tu eth epfl rwth kth ucl inria cnrs mpi uc university universitat "
    "universite universidad institute institut inc ltd gmbh llc ag corp co"
    " corporation foundation stiftung labs lab technologies technology software systems solutions"
    " group bank hospital college school centre center department ministry agency association"
    " society academy studio studios consulting partners ventures capital team company companies"
    " project networks media digital security cloud research org com io net eth mit nasa cern"
    " sponsored sponsor sponsors women community committee council commission magazine press"
    " times museum library government office"
)
"""Folded words that make a name an organisation's."""

ROLE = word_set(
    "cto ceo coo cfo cio ciso vp svp evp director head lead leader manager engineer developer"
    " architect founder cofounder president chair chairman chairwoman "
    "professor researcher scientist"
    " analyst consultant evangelist advocate designer author maintainer creator student principal"
    " senior staff chief officer product freelance freelancer independent former formerly ex"
    " moderator host contributor committer partner owner lecturer fellow intern editor journalist"
    " co-founder co producer specialist trainer coach strategist administrator admin sre devrel"
    " entwickler entwicklerin leiter leiterin geschaftsfuhrer fondateur ingenieur"
)
"""Folded words of what a person does for a living."""

_WORDS = COMMON | PRODUCTS | ORGANISATION | ROLE

PRONOUNS = Pattern(
    r"^(?:she|he|they|xe|ze|sie|er|elle|ella|il|any|all)\s*(?:/\s*\w+)*\s*(?:pronouns)?$",
    re.IGNORECASE,
)
HANDLE = Pattern(r"(?<![\w@./])@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9_])?(?![\w@])")
_TOKEN = Pattern(r"[^\W\d_](?:[^\W\d_]|[’'‘`.·-](?=[^\W\d_]))*\.?")
_HAN = Pattern(r"^[\u3400-\u9fff々]{2,5}$")
_KANA = Pattern(r"^[\u30a0-\u30ff]+(?:[・=＝][\u30a0-\u30ff]+)+$")
_JAPANESE = Pattern(r"^[\u3400-\u9fff々]{1,4}[ 　][\u3400-\u9fff々\u3040-\u30ff]{1,5}$")
_HANGUL = Pattern(r"^[\uac00-\ud7af]{2,4}$")
_INNER = Pattern(r"[a-z][A-Z]|^[A-Z]{2,}[a-z]{2}")
_MAC = Pattern(r"^(?:Mac|Mc|O['’]|De|Di|Du|La|Le|Van|Von|Fitz|D['’]|Des|Del|El|Al|San|St)[A-Z]")
_CJK = Pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_INITIALS = Pattern(r"^(?:[A-Z]{2}|(?:[A-Z]\.){1,3})$")
_NEVER = Pattern(r"[<>{}=+*#$%^~\\|?!:;\"“”«»\[\]_0-9@/&]|https?:|\.\.\.|…|->")


class Company(Value, frozen=True):
    """What else is known when a name is weighed."""

    lower: frozenset[str] = frozenset()
    """Words that the note uses in lower case."""
    people: frozenset[str] = frozenset()
    """Folded names of people who are known, from the vocabulary, front matter or other notes."""
    places: frozenset[str] = frozenset()
    """Folded words that this note uses for firms after the names of its speakers."""


NOBODY = Company()


@lru_cache(maxsize=256)
def likeness(text: str, company: Company = NOBODY) -> float:
    """Return how much `text` looks like one person's full name, from 0 to 1."""
    name = text.strip().strip(".,;")
    if not name or len(name) > 60:
        return 0.0
    if company.people and fold(name) in company.people:
        return 0.97
    if not name.isascii() and _CJK.search(name):
        return _eastern(name)
    tokens = name.replace("\u00a0", " ").split()
    while tokens and _is_honorific(tokens[0]):
        tokens = tokens[1:]
    if not 1 <= len(tokens) <= 6 or tokens[0] in ("A", "I", "An", "The") or _NEVER.search(name):
        return 0.0
    if len(tokens) > 1 and all(len(token) > 2 and token.isupper() for token in tokens):
        return max(0.0, _weigh([token.title() for token in tokens], company) - 0.05)
    return _weigh(tokens, company)


def _eastern(name: str) -> float:
    if _JAPANESE.match(name) or _KANA.match(name):
        return 0.75
    for suffix in ("さん", "氏", "先生", "様", "老师"):
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return 0.8
    if _HAN.match(name) or _HANGUL.match(name):
        return 0.45 if len(name) == 3 else 0.3
    return 0.0


def _weigh(tokens: list[str], company: Company) -> float:
    score = 0.0
    names = words = 0
    led = fold(tokens[0]) in GIVEN or bool(_INITIALS.match(tokens[0]))
    for position, token in enumerate(tokens):
        plain = token.strip(".,'’")
        folded = fold(plain).replace(" ", "")
        if not _TOKEN.fullmatch(token) or not folded:
            return 0.0
        first = plain[0]
        if not first.isupper():
            if folded in PARTICLES and position < len(tokens) - 1 and len(tokens) > 1:
                continue
            if not (first.isalpha() and first.lower() == first.upper()):
                return 0.0
        names += 1
        score += _token(plain, folded, position, company, led=led and position > 0)
        if folded in _WORDS or folded in WEEKDAYS:
            words += 1
    if not names:
        return 0.0
    base = {1: 0.05, 2: 0.55, 3: 0.5, 4: 0.42}.get(names, 0.2)
    if words == names:
        base -= 0.3
    return max(0.0, min(0.95, base + score))


def _token(plain: str, folded: str, position: int, company: Company, *, led: bool) -> float:
    """Weigh one word of a name; `led` says that a given name stands before it."""
    score = 0.0
    given = folded in GIVEN or ("-" in plain and fold(plain).split(" ")[0] in GIVEN)
    if given:
        score += 0.3 if position == 0 else 0.08
    if folded in COMMON or folded in PRODUCTS:
        score -= 0.06 if given else 0.15 if led else 0.3
    elif folded in ORGANISATION or folded in ROLE:
        score -= 0.2 if position and folded in ROLE else 0.45
    elif folded in MONTHS and not given:
        score -= 0.25
    elif not given and folded in company.lower:
        score -= 0.1 if led else 0.25
    elif not given and not led and is_wordy(folded):
        score -= 0.18
    elif not given and _is_plural(folded):
        score -= 0.12
    if plain[1:].islower():
        return score
    if _INNER.search(plain) and not _MAC.match(plain):
        score -= 0.3
    if len(plain) > 3 and plain.isupper():
        score -= 0.3
    elif 2 <= len(plain) <= 3 and plain.isupper() and position:
        score -= 0.2
    return score


_ENDINGS = (
    "ing",
    "tion",
    "tions",
    "sion",
    "sions",
    "ment",
    "ments",
    "ness",
    "ity",
    "ities",
    "ism",
    "ics",
    "ware",
    "able",
    "ible",
    "ful",
    "less",
    "ology",
    "ization",
    "isation",
    "ance",
    "ence",
    "ship",
    "ward",
    "wards",
    "ized",
    "ised",
    "ives",
)


def is_wordy(folded: str) -> bool:
    """Return whether a folded word ends as words for things do: `immersion`."""
    return len(folded) > 5 and folded.endswith(_ENDINGS)


def _is_plural(folded: str) -> bool:
    """Whether a word is the plural of a common one: `heroes`, but also a name such as Rivers."""
    return (folded.endswith("es") and folded[:-2] in COMMON) or (
        folded.endswith("s") and folded[:-1] in COMMON
    )


def resembles(handle: str, name: str) -> bool:
    """Return whether a handle is made of a name: `@kinlane` and Kin Lane, `@jdoe` and Jane Doe."""
    squeezed = fold(handle).replace(" ", "")
    parts = fold(name).split()
    if any(len(part) > 2 and part in squeezed for part in parts):
        return True
    return len(parts) > 1 and parts[0][:1] + parts[-1] == squeezed


_DOTTED = frozenset({"hon", "ing"})
"""Honorifics that are names without a dot behind them."""


def _is_honorific(token: str) -> bool:
    word = token.strip(".").lower()
    return word in HONORIFICS and (word not in _DOTTED or token.endswith("."))


def is_organisation(text: str) -> bool:
    """Return whether `text` names a firm or institution by one of its words."""
    return not ORGANISATION.isdisjoint(fold(text).split())


def is_role(text: str) -> bool:
    """Return whether `text` says what somebody does, rather than who it is."""
    words = fold(text).split()
    return not ROLE.isdisjoint(words[:4]) or (len(words) > 5 and "at" in words)


def tidy(name: str) -> str:
    """Return `name` as it is shown: no honorific, no stray punctuation, single spaces."""
    tokens = name.replace("\u00a0", " ").split()
    while len(tokens) > 1 and _is_honorific(tokens[0]):
        tokens = tokens[1:]
    while len(tokens) > 2 and tokens[-1].strip(".,").lower() in {"phd", "md", "ph.d"}:
        tokens = tokens[:-1]
    joined = " ".join(tokens).strip(" ,;:–—-*_|·•")
    for suffix in ("さん", "氏", "様", "老师"):
        if joined.endswith(suffix) and len(joined) > len(suffix) + 1:
            joined = joined[: -len(suffix)].strip()
    return joined
