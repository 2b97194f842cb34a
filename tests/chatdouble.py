"""An archive of three invented articles and a chat over it, for the tests of the page.

With the address of a language model's server the chat's answers are written by the real writer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from wortlaut.index.archive import ArchiveCounts
from wortlaut.index.article import Article, Span, Statement, hash_text
from wortlaut.index.errors import ConfigError
from wortlaut.rag.answer import Answer, Citation, Claim, Filters, Verdict
from wortlaut.rag.evidence import Evidence
from wortlaut.rag.extractive import split_growing
from wortlaut.rag.model.endpoint import Endpoint, open_endpoint
from wortlaut.rag.model.llm import Patience
from wortlaut.rag.model.writing import AnswerWriter
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window

HOSTILE = (
    '<img src=x onerror="window.hit=1"> <script>window.hit=1</script> '
    "![pixel](http://evil.example/p.png) [link](http://evil.example) ${window.hit=1} {{value}} [1]"
)


def make_article(name, title, text, published=None, precision="unknown", source=None, url=None):
    return Article(
        name, title, text, hash_text(text), source, url, "de", published, precision, f"{name}.txt"
    )


PORT = make_article(
    "port",
    "Aldora will den Hafen ausbauen",
    "Der Hafen von Aldora soll größer werden. Die Ministerin Mira Talberg sagte am Mittwoch in "
    "Aldora, das Land brauche verlässliche Zusagen. „Ohne Zusagen gibt es keinen Bau“, sagte "
    "Talberg.\n\nDer Abgeordnete Jon Vesk widersprach. Er halte den Ausbau für zu teuer, sagte Vesk "
    "dem Sender Aldora Eins. Der Haushalt lasse dafür keinen Raum.\n\n"
    + "Der Hafen wurde vor vielen Jahren angelegt und seither dreimal vertieft. " * 14
    + "\n\nÜber den Antrag soll im Frühjahr entschieden werden.",
    date(2031, 1, 29),
    "day",
    "Aldora Presse",
    "https://aldora.example/hafen",
)
BRIDGE = make_article(
    "bridge",
    "Talberg wirbt für die Brücke",
    "Nach Worten von Mira Talberg werde die Brücke ohne Zusagen des Nachbarlandes nicht gebaut.",
    date(2027, 1, 1),
    "month",
    "Küstenbote",
)
TRAP = make_article("trap", f"Falle {HOSTILE}", f"Vor der Falle. {HOSTILE} Nach der Falle.")
ARTICLES = {article.id: article for article in (PORT, BRIDGE, TRAP)}


def cite(marker, article, quote, speaker=None, voice="narrated", via=None):
    start = article.text.index(quote)
    return Citation(marker, article, Span(start, start + len(quote)), speaker, voice, via)


class Archive:
    def __init__(self, articles=ARTICLES):
        self.articles = dict(articles)

    def count(self):
        return ArchiveCounts(len(self.articles), 9, 4, 2, 1, date(2027, 1, 1), date(2031, 1, 29))

    count_articles = count
    newest_change = 1

    def query(self, sql, values=()):
        """The sources, which is all that the page asks for by itself."""
        assert "GROUP BY lower(source)" in sql
        return [("Aldora Presse", 1), ("Küstenbote", 1)]

    def list_speakers(self):
        return ["Mira Talberg", "Jon Vesk"]

    def read_article(self, article_id):
        return self.articles.get(article_id)

    def find_damage(self, article_id):
        return None

    def read_statements(self, article_id):
        article = self.articles[article_id]
        found = []
        for name in ("Mira Talberg", "Jon Vesk"):
            at = article.text.find(name)
            if at >= 0:
                end = article.text.find(".", at) + 1
                found.append(
                    Statement(
                        article_id, Span(at, end), name, Span(at, at + len(name)), None, "reported"
                    )
                )
        return found


class NoVerifier:
    """Refutes what holds the word "no", for a reason that an article could have written."""

    def verify(self, claim, citations, language):
        if "no" in claim.lower().split():
            return Verdict("refuted", 0.1, f"The source has no 'no'. {HOSTILE}", "word")
        return Verdict("supported", 0.9, "Every word is in the source.", "word")


def make_evidence(article, quote, speaker):
    citation = cite(1, article, quote)
    statement = Statement(article.id, citation.span, speaker, None, None, "reported")
    return Evidence(article, citation.span, 0.9, 0.9, statement)


EVIDENCE = [
    make_evidence(PORT, "das Land brauche verlässliche Zusagen", "Mira Talberg"),
    make_evidence(PORT, "Er halte den Ausbau für zu teuer", "Jon Vesk"),
]


class Chat:
    """Answers by what word the question holds; what it was asked stands in `asked` and `modes`."""

    def __init__(self, articles=ARTICLES, model=None, mode=None, on_unsupported="quote"):
        self.archive = Archive(articles)
        self.asked: list[tuple[str, list[str], Filters]] = []
        self.modes: list[str] = []
        self.has_model = model is not None
        self.mode = mode or ("llm" if model else "extractive")
        if model:
            patience = Patience(5, 20, 20, 60)
            endpoint = open_endpoint(Endpoint(model, retries=0), patience=patience, backoff_s=0.01)
            self.writer = AnswerWriter(endpoint, NoVerifier(), on_unsupported=on_unsupported)

    def check_model(self):
        return self.writer.check()

    def suggest_questions(self, language):
        return [
            "What did Talberg say about guarantees?",
            "Was sagte Vesk über den Hafen?",
            "Что говорила Тальберг о гарантиях?",
        ]

    def ask(
        self, question: str, history: Sequence[Answer] = (), filters: Filters = Filters()
    ) -> Answer:
        self.asked.append((question, [answer.question for answer in history], filters))
        if "fehler" in question:
            raise ConfigError("a question of 12000 letters; ask in fewer words")
        if "absturz" in question:
            raise RuntimeError("inner workings")
        language = "de" if "sagte" in question else "ru" if "говор" in question else "en"
        without = getattr(filters, "without", frozenset())
        speakers = () if "speaker" in without else ("Mira Talberg",)
        window = Window() if "since" in without else Window(date(2027, 1, 1), None)
        query = Query(question, question, "x", speakers, (), window, language, "speaker")
        if "Australia" in question:
            text = (
                "The archive does not answer this. Searched: 3 articles (1 January 2027 to "
                "29 January 2031). Nearest: 29 January 2031, Aldora Presse."
            )
            nearest = cite(1, PORT, "Der Haushalt lasse dafür keinen Raum.")
            return Answer(
                question, text, True, "no_evidence", "extractive", language, query, nearest=nearest
            )
        if "Falle" in question:
            return self._answer_hostile(question, query)
        return self._answer(question, query)

    def _answer(self, question, query):
        citations = (
            cite(1, PORT, "das Land brauche verlässliche Zusagen", "Mira Talberg", "reported"),
            cite(
                2,
                PORT,
                "„Ohne Zusagen gibt es keinen Bau“, sagte Talberg.",
                "Mira Talberg",
                "direct",
            ),
            cite(3, BRIDGE, BRIDGE.text, "Mira Talberg", "reported", "Küstenbote"),
        )
        text = (
            "29 January 2031 · Aldora Presse:\n"
            f"Mira Talberg (said, as reported): “{citations[0].quote}” [1]\n"
            f"Mira Talberg (said (verbatim)): “{citations[1].quote}” [2]\n\n"
            "January 2027 · Küstenbote:\n"
            f"Mira Talberg (said, as reported, according to Küstenbote): “{citations[2].quote}” [3]"
        )
        claims = tuple(Claim(c.quote, (c.marker,), "supported", 1.0) for c in citations)
        return Answer(
            question, text, False, None, "extractive", query.language, query, citations, claims
        )

    def _answer_hostile(self, question, query):
        citation = cite(1, TRAP, HOSTILE, HOSTILE, "reported", HOSTILE)
        text = f"undated · {HOSTILE}:\n{HOSTILE} (said): “{citation.quote}” [1]\n{HOSTILE}"
        return Answer(question, text, False, None, "llm", query.language, query, (citation,), ())

    def gloss(self, answer, markers):
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters = Filters(),
        mode: str | None = None,
    ) -> Iterator[Answer]:
        answer = self.ask(question, history, filters)
        self.modes.append(mode or self.mode)
        if self.modes[-1] == "llm" and self.has_model:
            yield from self.writer.write(answer.query, EVIDENCE, answer.language)
            return
        for text in split_growing(answer.text):
            yield replace(answer, text=text)
