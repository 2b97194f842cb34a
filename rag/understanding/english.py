"""The grammar words of English questions; no names, no topics."""

from __future__ import annotations

from index.lang.words import word_set
from rag.understanding.grammar import Grammar, join_pattern, match_phrase

ENGLISH = Grammar(
    language="en",
    question_words=word_set("what who whom whose when where why how which"),
    who=word_set("who"),
    what=word_set("what"),
    which=word_set("which what whose"),
    auxiliaries=word_set(
        """
        did does do has have had is are was were will would can could should may might must
        be been
        """
    ),
    passive=word_set("is are was were be been being"),
    prepositions=word_set(
        """
        about on of to for in at with by from against over regarding concerning towards
        toward after before during since into under around between among without within upon
        as than
        """
    ),
    clause_words=word_set("that if whether because when while who which"),
    articles=word_set("the a an this these those"),
    pronouns=word_set("he she they"),
    objects=word_set("him her them"),
    anaphora=word_set("it that this those these there so"),
    pointers=word_set("it they them this that these those"),
    conjunctions=word_set("and or as well & nor"),
    fillers=word_set(
        """
        both make made take took taken give gave given express hold held issue raise ever earlier
        later afterwards exactly actually really else also too then now already still just
        again say anything something everything more not's there publicly officially
        didn't doesn't don't isn't wasn't hasn't not
        recently lately latest newest earliest currently first last most recent time times
        so far and or but please only just compare contrast comparison
        difference differences similarities me us i you your my all any some day date year month long
        many much often quotes quote statements matter subject topic question
        """
    ),
    verbs=join_pattern(
        """(?:say|says|said|saying|tell|told|telling|stated|stating|claim(?:s|ed|ing)?
        |think|thinks|thinking|thought|believ(?:e|es|ed|ing)|demand(?:s|ed|ing)?|warn(?:s|ed|ing)?
        |call(?:s|ed|ing)?|promis(?:e|es|ed|ing)|announc(?:e|es|ed|ing)|den(?:y|ies|ied|ying)
        |criticis(?:e|es|ed|ing)|criticiz(?:e|es|ed|ing)|accus(?:e|es|ed|ing)
        |propos(?:e|es|ed|ing)|suggest(?:s|ed|ing)?|argu(?:e|es|ed|ing)|insist(?:s|ed|ing)?
        |stress(?:es|ed|ing)?|emphasi[sz](?:e|es|ed|ing)|comment(?:s|ed|ing)?
        |respond(?:s|ed|ing)?|react(?:s|ed|ing)?|repl(?:y|ies|ied|ying)|answer(?:s|ed|ing)?
        |explain(?:s|ed|ing)?|declar(?:e|es|ed|ing)|mention(?:s|ed|ing)?
        |describ(?:e|es|ed|ing)|assess(?:es|ed|ing)?|judg(?:e|es|ed)
        |express(?:es|ed|ing)?|threaten(?:s|ed|ing)?|reject(?:s|ed|ing)?|oppos(?:e|es|ed|ing)
        |support(?:s|ed|ing)?|prais(?:e|es|ed|ing)|condemn(?:s|ed|ing)?|blam(?:e|es|ed|ing)
        |urg(?:e|es|ed|ing)|request(?:s|ed|ing)?|voic(?:e|es|ed|ing)|complain(?:s|ed|ing)?|admit(?:s|ted|ting)?
        |confirm(?:s|ed|ing)?|predict(?:s|ed|ing)?|vow(?:s|ed|ing)?|pledg(?:e|es|ed|ing)
        |recommend(?:s|ed|ing)?|advis(?:e|es|ed|ing)|remark(?:s|ed|ing)?|quoted|assert(?:s|ed)?)"""
    ),
    weak_verbs=join_pattern(
        "(?:speaks?|spoke|spoken|speaking|talk(?:s|ed|ing)?|wants?|wanted|sees?"
        "|saw|feels?|felt|stands?|stood|views?|viewed|expects?"
        "|expected|hopes?|hoped|writes?|wrote|asks?|asked|offers?|offered|fears?"
        "|feared|justif(?:y|ies|ied))"
    ),
    separable=((join_pattern("st(?:ands?|ood)"), word_set("on regarding")),),
    nouns=join_pattern(
        """(?:positions?|views?|stances?|opinions?|reactions?|statements?|demands?|warnings?|comments?
        |remarks?|criticism|response|answer|quotes?|quotations?|words|claims?|attitude
        |promises?|concerns?|reasons?|explanations?|justifications?|doubts?|objections?|proposals?|accusations?|speech(?:es)?|assessment|arguments?|message)"""
    ),
    titles=join_pattern(
        """(?:prime|foreign|deputy|defen[cs]e|finance|interior|minister|president|chancellor
        |vice|secretary|state|mr|mrs|ms|dr|prof|professor|ambassador|general|senator|spokes\\w{3,6}
        |pope|king|queen|prince|princess|sir|lord|lady|chief|judge|governor|mayor|commissioner
        |representative
        |leader|envoy|negotiator|head|director|chair\\w{0,6}|premier|mp|official|expert)"""
    ),
    modifiers=word_set(
        """
        foreign prime deputy defence defense finance interior vice state general
        """
    ),
    bodies=join_pattern(
        """(?:ministry|government|union|party|opposition|parliament|senate|congress|court|police
        |army|military|navy|authority|agency|commission|committee|council|office|department|embassy
        |administration|company|firm|operator|manufacturer|bank|church|association|organi[sz]ation
        |federation|club|university|institute|hospital|bishop|priest|captain|coach|trainer|union|boss
        |owner|founder|lawyer|attorney|doctor|professor|scientist|economist|analyst|adviser|advisor
        |aide|prosecutor|inspector|delegate|diplomat|speaker|host|author|manager|engineer|farmer
        |kremlin|pentagon|white\\shouse)s?"""
    ),
    links=word_set("of for to"),
    aides=join_pattern(r"(?!)"),
    places=word_set("in at from"),
    genitives=frozenset(),
    states=word_set("us"),
    generic=join_pattern("(?:minister|politician|leader)"),
    possessives=join_pattern("(?:his|her|their|its)"),
    agents=word_set("by from of"),
    agreeing=join_pattern(
        """(?:(?:dis)?agree(?:s|d|ing)?|contradict(?:s|ed|ing)?|concur(?:s|red)?|differ(?:s|ed)?
        |object(?:s|ed)?)"""
    ),
    quoting=join_pattern("(?:quoted|cited|reported)"),
    when=match_phrase(
        r"(?:and |but )?(?:since when|until when|by when|when|by (?:what|which) date"
        r"|at what time|on (?:what|which) (?:day|date)"
        r"|in (?:what|which) (?:year|month)|(?:what|which) (?:day|date|year|month))(?!\w)"
    ),
    amount=match_phrase(
        r"(?:and |but )?how (?:long|many|often|old|far|soon)(?!\w)|(?:and |but )?how much(?!\w)"
    ),
    attribution=match_phrase(r"(?<!\w)(?:according to|in the (?:words|view|opinion) of)(?!\w)"),
    connective=match_phrase(
        r"(?:(?:and|but|so|or|ok|okay)(?:,)? )?(?:(?:what|how) about|how is it with|and|but|also)"
        r"(?!\w),? ?"
    ),
    request=match_phrase(
        r"(?:please )?(?:(?:can|could|would) you )?(?:please )?(?:tell|show|give|find"
        r"|list)(?: me| us)?"
        r"(?: everything| all| anything)?(?!\w) ?|(?:i(?: would|'d) like to know|i want to know) "
    ),
    newest=match_phrase(
        r"(?<!\w)(?:latest|newest|most recent(?:ly)?|recent(?:ly)?|lately|currently|right now"
        r"|last (?:time|sa[iy]\w*|spoke|speak|comment\w*|mention\w*|statements?|words?|remarks?"
        r"|warn\w*|demand\w*|quotes?))(?!\w)"
    ),
    oldest=match_phrase(
        r"(?<!\w)(?:earliest|oldest|originally|(?:for the )?first (?:time|say|said|sp[eo]\w+"
        r"|mention\w*"
        r"|warn\w*|demand\w*|call\w*|announce\w*|propose\w*|suggest\w*|comment\w*|statement|raise"
        r"|criticis\w*|promise\w*|claim\w*))(?!\w)"
    ),
    earlier=match_phrase(r"(?<!\w)(?:before that|before then|earlier)(?!\w)"),
    later=match_phrase(r"(?<!\w)(?:after that|afterwards|later|since then)(?!\w)"),
    now=match_phrase(r"(?:right )?(?:now|nowadays|these days)\W*$"),
    further=match_phrase(
        r"(?<!who )(?<!\w)(?:what|anything|something|everything) (?:else|more)(?!\w)"
    ),
    common=join_pattern(r"(?!)"),
)
