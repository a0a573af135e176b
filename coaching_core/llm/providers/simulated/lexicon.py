"""The words a prompt can be written in, grouped by what they mean to the simulated coach."""

from __future__ import annotations

from coaching_core.llm.providers.simulated.word_set import word_set

PERSON = word_set(
    "person people persons client clients coachee coachees user users them they him her she he someone somebody anyone "
    "everybody everyone individual individuals customer customers learner learners speaker human participant"
)
OWNERS = word_set("their her his persons person client clients users user coachee coachees")
COACH = word_set("you your yours yourself coach")
REPLY = word_set(
    "reply replies answer answers response responses message messages turn turns output it everything yourself text "
    "contribution contributions"
)

NEGATORS = word_set(
    "not never no none without avoid avoids avoiding avoided refrain refrains refraining stop stops stopping resist "
    "resists resisting withhold withholding withheld forbid forbids forbidden ban bans banned prohibit prohibited skip "
    "skipping omit omitting neither nor drop hesitate afraid shy fear scared forget forgetting fail failing neglect "
    "neglecting miss ignore ignoring ignores overlook overlooking disregard disregarding abstain abstaining "
    "rarely seldom "
    "hardly less fewer minimise minimize reduce eliminate leave leaving ratherthan discourage discouraged "
    "unlearn replace refuse refusing decline declining "
    "exclude excluding suppress non beware eschew prevent cease quit"
)
VERDICTS_AGAINST = word_set(
    "forbidden unhelpful unwelcome prohibited banned harmful avoided useless disallowed unwanted undesirable "
    "inappropriate "
    "taboo wrong bad counterproductive excluded discouraged"
)
VERDICTS_FOR = word_set(
    "welcome best preferred encouraged essential key required helpful allowed important wanted better "
    "mandatory expected "
    "desired vital crucial good"
)
MODALS = word_set("should must shall ought need needs will may can important essential goal aim task required expected")

QUESTION_NOUNS = word_set("question questions prompts inquiry inquiries enquiry enquiries query queries")
ASKING = QUESTION_NOUNS | word_set(
    "ask asks asking asked invite invites inviting pose poses posing enquire inquire questioning wondering invitation "
    "invitations"
)
OPEN = word_set(
    "openended open openly broad exploratory expansive whathow wide thoughtprovoking nondirective unrestricted"
)
OPENING = word_set(
    "explore exploring exploration exploratory elaborate elaboration think thinking story stories unfold"
)
CLOSED = word_set("closed yesno leading loaded suggestive binary polar oneword eitheror narrow closing")
MANY = word_set(
    "several multiple many various series volley barrage stack stacking stacked pile piling bombard "
    "bombarding lots two three four five few double triple second more flood"
)
ONE = word_set("one single 1")

REFLECT_ALWAYS = word_set(
    "paraphrase paraphrases paraphrasing mirror mirrors mirroring restate restating restates rephrase rephrasing echo "
    "echoing reflective reformulate reformulating parrot parroting"
)
REFLECT = word_set("reflect reflects reflecting repeat repeating say play give feed reflected saying playing giving")
HEARD = word_set(
    "said say says heard hear hears words feelings feeling meaning content message statement told language"
)
REFLECTION = word_set("reflection reflections")
OWN_WORDS_VERBS = word_set("use using quote quoting borrow pick take return repeat reuse keep work stay adopt")

FEELING = word_set("feeling feelings emotion emotions emotional feel feels mood moods affect sentiment sentiments felt")
EMPATHY = word_set(
    "empathy empathetic empathic empathise empathize empathetically empathising compassion compassionate "
    "compassionately sympathetic"
)
ACKNOWLEDGE = word_set(
    "acknowledge acknowledges acknowledging name naming notice noticing honour honor honouring recognise recognize "
    "recognising validate validating mention mentioning respond responding meet address addressing attend reflect "
    "reflecting label labelling show hear receive pick talk talking dwell discuss discussing room explore welcome "
    "respect speak speaking comment say accept consider normalise normalize identify use react tune care "
    "include put see"
)

ADVICE = word_set(
    "advice advise advises advising solution solutions solve solving fix fixing fixes suggest suggests suggesting "
    "suggestion suggestions recommend recommends recommending recommendation recommendations prescribe prescribing "
    "prescriptive tip tips whattodo directive problemsolving problemsolve instructing remedies remedy counsel"
)
GIVE = word_set(
    "give gives giving provide provides providing offer offers offering hand handing supply supplying leave "
    "leaving keep deliver"
)
ELICIT = word_set(
    "let help helps helping allow invite encourage trust support enable elicit draw letting allowing trusting "
    "inviting encouraging empower"
)
MEDICAL = word_set("medical legal clinical financial psychiatric psychological health")
ON_REQUEST = word_set("asked asks ask permission requested requests request consent invited invites wants want")

BRIEF = word_set(
    "brief briefly concise concisely short shorter succinct succinctly terse crisp compact laconic pithy "
    "brevity tight snappy"
)
LONG = word_set("long longer lengthy detailed extensive verbose elaborate thorough longwinded expansive indepth wordy")
LENGTH_VERBS = word_set("be keep stay remain write make answer reply respond speak use prefer give limit hold produce")
UNDER = word_set(
    "under below within atmost maximum max limit cap upto around about roughly shorter most tops less fewer "
    "exceed restrict not over no"
)
OVER = word_set("least minimum min over exceeding morethan above beyond")

CONCRETE = word_set("concrete specific real recent particular actual tangible precise lived")
MOMENT = word_set(
    "moment moments example examples situation situations instance instances event events episode episodes "
    "occasion occasions scene scenes experience experiences incident incidents memory memories story stories "
    "week case cases time details detail"
)
EXAMPLE = word_set("example examples instance instances")
ABSTRACT = word_set(
    "abstract abstraction abstractions generalities generalisations generalizations hypothetical hypotheticals"
)

SUMMARISE = word_set(
    "summarise summarises summarising summarize summarizes summarizing recap recaps recapping recapitulate "
    "synthesise synthesize sumup"
)
SUMMARY = word_set("summary summaries recapitulation")
FIRSTS = word_set("next small first tiny one concrete little single")
STEPS = word_set("step steps action actions commitment homework assignment")
STEP_CUES = word_set("close closing end ending finish agree commit commits conclude")

OPTIONS = word_set(
    "option options alternatives alternative choices choice possibilities ideas routes suggestions suggestion"
)
STUCK = word_set("stuck blocked lost stranded stalled struggling deadend jammed frozen outofideas clueless")
OFFER = word_set(
    "offer offers offering give gives giving present presenting suggest suggesting name list propose proposing "
    "provide show bring mention"
)

CHALLENGE = word_set("challenge challenging confront confronting pushback contradict contradicting provoke provoking")
TEST = word_set(
    "question questioning test testing probe examine name point pointing notice raise surface explore name "
    "highlight confront challenge expose"
)
ASSUMPTION = word_set(
    "assumption assumptions belief beliefs contradiction contradictions inconsistency inconsistencies "
    "excuse excuses contradictory"
)

CRISIS = word_set(
    "crisis crises emergency emergencies suicide suicidal selfharm danger abuse medical legal health safety "
    "harm risk doctor lawyer therapist helpline hotline professional professionals"
)
REFER = word_set(
    "refer refers referring referred referral point points pointing direct directing signpost signposting "
    "handover send sending give belong belongs recommend suggest name redirect stopcoaching encourage mention"
)
REAL_HELP = word_set(
    "help professional professionals doctor doctors lawyer lawyers therapist therapists helpline hotline "
    "qualified specialist specialists expert experts emergency services number there physician counsellor line lifeline"
)

NAME = word_set("name names")
NAME_VERBS = word_set(
    "use uses using address addressing call calling greet mention mentioning say saying speak include"
)

IMPERATIVES = (
    word_set(
        "ask use keep prefer pose invite make prefer begin start end close finish reply respond answer write be stay "
        "remain limit give offer provide tell recommend suggest show name acknowledge validate reflect "
        "paraphrase mirror "
        "restate pick repeat help let allow trust leave resist hold encourage summarise summarize recap sum "
        "agree propose "
        "challenge point question push refer send direct hand call address mention ignore avoid refrain stop never do "
        "say talk speak open listen return put take try set come work move turn replace choose favour favor focus "
        "include require remember ensure honour honor notice meet rephrase echo quote read draw state restrict support "
        "draw bring test raise confront answer aim stick steer test phrase formulate describe accept"
        " fire treat greet explore formulate attend"
    )
    | ADVICE
    | REFLECT_ALWAYS
    | SUMMARISE
    | NEGATORS - word_set("less fewer none no non rarely seldom hardly")
)
FILLERS = word_set(
    "please always also then and so but instead gently generally usually often only just kindly still now "
    "here again first finally otherwise however therefore simply or warmly briefly strictly absolutely to as "
    "or nevertheless"
)
SUBJECTS = PERSON | word_set(
    "this that these those it its there here i my we our some most many who what which their his"
)

KEYWORDS = (
    NEGATORS
    | VERDICTS_AGAINST
    | ASKING
    | MANY
    | OPEN
    | CLOSED
    | REFLECT_ALWAYS
    | FEELING
    | EMPATHY
    | ADVICE
    | BRIEF
    | LONG
    | CONCRETE
    | MOMENT
    | ABSTRACT
    | SUMMARISE
    | SUMMARY
    | STEPS
    | OPTIONS
    | STUCK
    | CHALLENGE
    | ASSUMPTION
    | CRISIS
    | REFER
    | NAME
    | REPLY
    | word_set(
        "acknowledge acknowledging reflect reflecting words word sentence sentences exploratory person "
        "professional ended closed single under resist urge what how ask"
    )
)
