"""Plain English words that begin sentences and list items: capitals there mean nothing."""

from kb.extraction.lexicon import word_set

PLAIN = word_set("""
migrate migrates migrating migrated standardize standardise decide deciding combine combining
compute connect connecting convert converting deploy deploys deploying deployed develop debug
debugging deliver delivering detect detecting disable discover distribute drop drive driving edit
emphasize enable enables encourage encrypt engage enter evaluate examine execute expose extract
fetch filter fix fixing force gather generate generates grow guarantee identify implement
implements implementing indicate inject insert inspect install installing integrate introduce
invest investigate invite isolate iterate launch learn leverage limit link lock log maintain
measure measuring merge monitor mount navigate observe optimize optimise order parse participate
perform pin poll predict prevent prioritize promote propose protect prove publish push query
rebuild record reduce refactor refine reflect reject render report reproduce rescue reset resolve
respond restart restore restrict retry return reuse revert rewrite roll rotate scale scan schedule
secure separate serve share ship simplify simulate solve split standardizing store stream submit
suggest switch sync teach test track train transform translate trigger tune unify update validate
verify visit warn wrap write aggregate aggregates availability host zone amazing awesome biggest
fastest hardest interestingly surprisingly similarly unsurprisingly sadly luckily thankfully
hopefully apparently obviously clearly basically essentially honestly seriously definitely
certainly probably likely perhaps able absolutely abstract accept according account achieve across
actually add added adding adds afraid after afterwards again against ago agree ahead aim allow
allowed allows almost alone along already also although am among amount any anybody anyone anyway
anywhere apart apparently appear apply are area aren arguably argument around ask asked asking
asks aside assume at attach attempt audience available average aware away baby base based
basically be bear because become been began begin beginning begins being believe belong below
beneath beside besides beware bit blame both bottlenecks boundary brief briefly brilliant broad
broken brought but buy by bye came can cannot capacity care careful carefully carry case catch
caused causes caution centralized centralised certain certainly change changed check checks choose
chose clear clearly close closely closer collect comes coming comment common compare compared
comparison complete completely complex compromise concern conclude condition confirm conquering
consider considerations considering contain contains continue contrast contribute convert cool
copy correct could couple cover covered create created creates credentials cross cut daily data
date deal decided decide decouple decoupling deep default define defines definitely delete
demonstrated depends describe described describes detail detailed details did didn died difficult
direct directly discovery discuss discussed discusses discussion distributed do does doesn doing
don done down download drawback drawbacks due during each eager earlier early easier easily easy
edge either else emphasis end enough ensure entire entirely especially essential etc even
eventually ever every everybody everyone everything everywhere exactly except excellent expect
expected explain explained explains extend extra extremely fact fairly fall family far favorite
favourite fear feature feel few fewer figure fill final finally find finding fine finish first
firstly fit flexible focus focused follow followed following follows for force forget former
forward found four frankly freely frequent fresh from full fully fun funny further furthermore
future gave general generally get gets getting give given gives global go goes going gone good got
gotcha gotchas great group grow guess had half hand handle happen happened happens hard hardly has
hasn have haven having he head hear heard heavily hello help helped helpful helps hence her here
hey hi high higher highly him his hold holds hope hopefully host hours how however huge hundreds
idea ideally if ignore imagine immediate important improve improved improves include included
includes including increase indeed independent information initially inside instead interesting
introduce introduced introducing is isn issue issues it item its itself join joined just keep
keeps key kind knew know known lack land large largely larger largest last late later latency
latter lead leads learn least leave led left less let lets level likely limit limited list listen
literally little live load local logic long longer look looked looking looks lot lots love low
lower made main mainly maintain major make makes making manage managed managing many master matter
may maybe me mean means measure meet members mention mentioned mentions merge mergers merits
method might mind mine minimum minutes miss missing mixed mode model modern moment monitor month
months more moreover most mostly move moved moving much multi multiple must my myself name namely
near nearly necessary need needed needs neither never nevertheless new newer next nice nobody none
nor normal normally not note noted notes nothing notice now number obvious obviously occasionally
of off offer offered often oh ok okay old older on once one ones only onto open operate
operational opinion opposite option optional or order original other others otherwise ought our
out outside over overall own page part particular particularly past pay people per perfect perhaps
person personal personally pick picked piece place plan plans play plenty plus point points policy
poor popular possible possibly potentially practically prefer prepare present presented press
pretty prevent previous previously primary prior probably problem problems proceed process prone
properly proposed provide provided provides pull purpose push put puts question questions quick
quickly quite quota quotas quote quotes ran rather raw read reading ready real really reason
reasons receive recent recently recommend recommended reduce related relative release remain
remember remove repeat replace reply require required requirements requires reschedule reschedules
rest restarting result results return returns review right risk rule run running runs runbooks
said same save saw say says scaling scan scheduled scripting seams search second secondly section
see seem seems seen segmentation select self send sense sent separate serious seriously serve set
sets several shared sharing she short shortly should shouldn show showed showing shown shows side
sign similar similarly simple simplest simply since single sit situation six size skip slightly
slow slowly small smaller so solve solved some somebody somehow someone something sometimes
somewhat somewhere soon sorry sort sounds speak speaker special specific specifically splitting
spoke spread stage standard stands standardize start started starting starts state stay staying
step steps still stop stopped story straight strategy strong stuff style such suddenly suggest
suggested suggestion suggestions super supply support supported supports suppose sure surely
switch tag take taken takes talk talked talks teach team teams tell tells tend term terms test
tested testing than thank thanks that the their them themselves then there therefore these they
thing things think thinking third this those though thought thousands three through throughout
thus time times tip tips to today together told tomorrow ton tons too took tool tools top topic
topics total totally touch toward towards transparent treat tried tries true truly trust try
trying turn turned turns twice two type types typical typically ultimately unable under understand
unfortunately unless unlike until unusual up update upgrade upgrades upon upstream us use used
useful user users uses using usual usually value variety various vendor vendors very via view
visit wait waiting walk want wanted wants warning was wasn watch way ways we weak week weeks well
went were weren what whatever when whenever where whereas wherever whether which while whilst who
whoever whole whom whose why wide widely will win with within without won wonder word words work
worked working works world worry worse worst worth would wouldn wow write written wrong yeah year
years yes yesterday yet you young your yourself zero

account accounts action actions activity admin admins agent agents alert alerts analysis answer
answers application applications approach approaches argument artifact asset attack attacks author
authors backup backups barrier batch benchmark benefit benefits bloat block blocks blog board book
books bottleneck branch break bridge bucket budget buffer bug bugs build builds bundle burden
business button cache caching call calls candidate capital car card carrier cell cells chain
channel chapter choice choices choke class classes client clients cluster clusters code coder
coders collection column columns command commands commit commits communication community company
compiler component components compute concept concepts concern concerns config configuration
conflict connection connections constraint consumer consumers container containers content context
contract contracts contributor contributors control controller controllers controls conversation
core cost costs country credential crisis culture customer customers cycle dashboard dashboards
database databases dataset datasets deadline deadlock deadlocks debt decision decisions demo demos
dependency dependencies deployment deployments design designer designers desktop developer
developers device devices diagram difference differences direction disk doc docs document
documentation documents domain domains driver drivers duration ecosystem editor effect effort
element elements emergency employee employees endpoint endpoints engine engineer engineers
engineering enterprise entity environment environments error errors escalation estimate evaluation
event events evidence example examples exception exceptions execution exercise experience
experiment experiments expert experts export extension extensions factor failure failures feedback
field fields file files filter firewall flag flags flow folder folders food form format formats
foundation founder frame framework frameworks friend friends frontend function functions gap
gateway gear generation goal goals graph graphs guide guideline guidelines guy habit hardware
health history hook hooks hour human humans hybrid icon id image images impact implementation
implementations import improvement improvements incident incidents index industry infra
infrastructure innovation input inputs insight insights install installation installer installers
instance instances instruction integration interface interfaces internet interview investment
isolation job jobs journey kernel keynote keynotes kid kids kit knowledge lab label labels lane
language languages layer layers leader leaders leadership learning lesson lessons library
libraries license lifecycle line lines link links loop machine machines maintainer maintainers
management manager managers map mapping mappings market marketing math memory mentor mentoring
message messages metadata methodology methods metric metrics microservice microservices migration
migrations mindset mistake mistakes mobile models module modules money monitoring motivation music
native network networking networks node nodes noise notebook object objects observability offering
office operation operations operator operators opportunity organisation organisations organization
organizations output outputs outage outages overhead overview owner owners ownership package
packages packet panel paper papers parallel parameter parameters parent parser partner partners
password passwords patch patches path paths pattern patterns payload performance permission
permissions perspective phase phone photo photos picture pictures pipeline pipelines pitfall
pitfalls platform platforms plugin plugins pod pods policies pool port ports post posts power
practice practices precision prediction presentation presentations presenter presenters pressure
principle principles privacy process processes processing producer product production productivity
products professional profile program programmer programmers programming programs progress project
projects promise promises proof property protocol protocols prototype prototypes provider
providers proxy public publisher quality queries query queue queues race range rate ratio reality
recipe recommendation recommendations record records recovery reference references refactoring
region regions regression reliability repo report reports repository request requests requirement
research researcher researchers resilience resource resources response responsibility revenue
reverse rights risks role roles room root routing row rows rules runtime safety sample samples
scale scenario scheduler schema schemas science scope screen script scripts sdk secret secrets
security server serverless servers service services session sessions setting settings setup shape
shell shift shop signal site sites skill skills slide slides society software solution solutions
source sources space specification speed split sponsor sponsors sprawling stack stakeholders
startup startups statement statements states statistics status storage store stores strategies
stream streaming streams structure struct structures student students subject success suite summit
survey symptom symptoms syntax system systems table tables target targets task tasks tech
technique techniques technology technologies template templates tenant tenants test text theme
theory thread threads threat threats threshold ticket tickets title token tokens tooling trace
traces tracing track trade tradeoff tradeoffs traffic training transaction transactions transition
tree trees trend trends trick tricks trigger trouble tutorial tutorials twitter uncertainty unit
units usability usage validation variable variables variant version versions video videos virtual
visibility vision visualization voice volume volumes vote web website websites wiki window windows
workflow workflows workload workloads workshop workshops writer writers zone zones affinity
affinities authentication authorization distributed dynamic secure scalable centralised persistent
abstraction abstractions accessibility agile algorithm algorithms animation animations api
artificial asynchronous audit authors automation autonomous backend backends bias binary
blockchain bot bots browser browsers byte bytes career careers cloud clouds coding collaboration
colour colours color colors compliance computing concurrency consensus consistency continuous
correctness css css3 cyber debugging declarative delivery developer diversity digital efficiency
embedded empathy encryption ethics fallback federation functional fundamentals game games hack
hackathon hackers hacking immutable inclusion inference intelligence interaction iteration latency
layout linux locking logging logs maturity mesh monolith multicloud orchestration parallelism
persistence physical portability procedural prototyping provisioning quantum random randomness
readability realtime recursion redundancy reflection rendering replication reproducibility
responsive reuse robot robots robustness rollback rollout routing sandbox satellite scalability
scheduling search semantics simplicity simulation sketch social sorting state stateful static
stateless statistical stories storytelling strings style styles styling sustainability synchronous
teamwork telemetry terminal throughput timeline timelines timeout timeouts tracing transparency
trees typing usability uptime upgrades visualisation vulnerability vulnerabilities
""")
"""Folded words that are no topics by themselves, unless a link, a tag or the vocabulary says so."""
