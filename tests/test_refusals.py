"""Refusals in three languages: known whatever their wording, and told from what only looks so."""

import pytest

from wortlaut.index.lang.refusals import REFUSALS, is_refusal, says_what_lacks

PLAIN = {
    "en": """I cannot answer this question based on the provided context.
The archive does not contain any information about this.
There is no information on ferry fares in the sources.
Based on the passages, it is not possible to answer.
This is not mentioned in the text.
The question cannot be answered from the given passages.
I don't know.
I'm sorry, but I could not find anything about that.
No relevant information was found.
The provided articles say nothing about the ferry.
Holmsen's view of the harbour is not stated in the passages.
None of the passages mentions the harbour.
It is unclear from the context what Holmsen said.
The answer is not contained in the context.
Not enough information.
Not in the archive.
The sources are silent on this point.
Nothing in the archive answers this.
Unfortunately, the documents provided do not include the answer.
The articles speak of the harbour, but no article mentions its cost.
I am unable to find this in the documents.
What Holmsen said about the ferry is not mentioned in the articles.
I'm afraid I can't help with that.
The given information is insufficient to answer the question.
There isn't enough context to determine this.
No information about the fares is given.
It is not stated.
As an AI language model, I cannot answer this from the passages.
Without additional information, it cannot be determined what the pier was built for.
It is not possible to determine the captain's age from the given information.
Based on the provided passages, the cause of the leak is not explicitly stated.
Nothing is said about fares.
Holmsen does not comment on fares in the provided texts.
I don't see any information on that in the text.
Unable to answer based on given passages regarding the depth of the harbour of Lindau in a certain month or season.
The passages do not provide any instructions for scraping the barnacles from the hull of a wooden ferry.""",
    "de": """Das geht aus den Artikeln nicht hervor.
Dazu liegen keine Informationen vor.
Im Archiv findet sich dazu nichts.
Die Frage kann anhand der Texte nicht beantwortet werden.
Das kann ich nicht beantworten.
Ich weiß es nicht.
Eine Antwort darauf ist im Kontext nicht enthalten.
Zum Hafen hat sich Holmsen in den Artikeln nicht geäußert.
Es gibt in den vorliegenden Quellen keinen Hinweis auf den Hafen.
Die Artikel enthalten keine Angaben dazu.
Darüber sagen die Quellen nichts.
Hierzu finden sich keine Angaben.
Leider konnte ich dazu nichts finden.
Keine Informationen verfügbar.
Aus dem Text lässt sich das nicht entnehmen.
In keinem der Artikel wird dies erwähnt.
Dazu schweigen die Quellen.
Es ist nicht möglich, die Frage zu beantworten.
Der Kontext nennt keinen Grund.
Nicht im Archiv.
Die Texte berichten vom Hafen, nennen aber in keinem Artikel die Kosten.
Die Frage, wie viel die Fähre kostet, kann ich nicht beantworten.
Dazu findet sich nichts.
Es tut mir leid, aber die bereitgestellten Textpassagen enthalten keine Informationen zu den Kosten.
Es wird nicht gesagt, wie viel die Fähre kostet.
Zu dieser Frage liegen mir keine Informationen vor.
Die gestellte Frage lässt sich mit den vorliegenden Informationen nicht beantworten.
Die Informationen reichen nicht aus, um die Frage zu beantworten.""",
    "ru": """Нет в архиве.
В архиве этого нет.
В текстах об этом ничего не сказано.
Я не знаю.
Источники не содержат информации о гавани.
На этот вопрос нельзя ответить по данным источникам.
Ответа на этот вопрос нет.
К сожалению, я не могу ответить на этот вопрос.
В контексте нет информации об этом.
Статьи не упоминают гавань.
Информация не найдена.
Информации недостаточно.
Об этом в источниках не говорится.
Неизвестно.
Из текста это не следует.
Ничего об этом не найдено.
Невозможно ответить на вопрос.
В статьях не указано, сколько стоит паром.
Ни в одной из статей об этом не сказано.
В предоставленных текстах нет информации о гавани.
Ответ на этот вопрос в тексте отсутствует.
В тексте отсутствует информация о гавани.
Я не располагаю такой информацией.
Информация о пароме не представлена.
Из текста неясно, сколько стоит паром.
Источники об этом умалчивают.""",
}
CLAIMS = {
    "en": """Holmsen said she could not answer the question.
“I don't know,” said Holmsen.
The minister did not provide any details.
No agreement was found in Lindau.
The police have no information about the driver.
It is not possible to cross the bridge.
The city archive does not open on Mondays.
Not in the archive but in the cellar stood the chest.
The articles do not say when, but the ferry sails at ten.
I cannot answer that fully; the harbour costs 1.2 billion crowns.
The passages do not name the driver, he was forty years old.
The government has not answered the letter.
Nobody knows the way, Holmsen said.
Experts were unable to determine the cause.
According to the text it is not safe.
Holmsen gave no reason for the delay.
The document was not signed in Lindau.
The question is not open, Holmsen said.
The police said it cannot be determined who sank the ferry.
There is not enough room for 120 cars on the ferry.
The list of passengers is not complete.
Holmsen does not comment on fares in public.""",
    "de": """Holmsen wollte die Frage nicht beantworten.
Dazu werde es keine Verhandlungen geben, sagte Holmsen.
„Ich weiß es nicht“, sagte Holmsen.
Die Polizei hat keine Hinweise auf den Täter.
Dazu gibt es keine Alternative.
Die Quelle des Flusses liegt nicht in Lindau.
Nicht im Archiv, sondern im Keller fand man die alte Kiste.
Die Texte nennen den Grund nicht, aber die Fähre fährt um zehn Uhr.
Das steht nicht im Archiv, der Hafen kostet 1,2 Milliarden Kronen.
Holmsen machte keine Angaben zu den Kosten.
Die Brücke ist nicht bekannt für ihre Höhe.
Der Hafen ist nicht in Gefahr.
Holmsen konnte die Kosten nicht nennen.
Die Regierung hat auf den Brief nicht geantwortet.
Darüber gibt es mit Lindau keinen Streit.
Ich kann die Brücke nicht finden, sagte der Kapitän.
Im Archiv der Stadt brach am Montag ein Feuer aus.
Der Polizei liegen keine Hinweise auf den Fahrer vor.
Die Vorräte reichen nicht aus, sagte Holmsen.""",
    "ru": """Он не знает дороги в Линдау.
«Я не знаю», — сказал Хольмсен.
Хольмсен заявил, что не может ответить на вопрос.
Полиция не нашла водителя.
В порту нет воды.
Нет в архиве, но паром стоит сто крон.
В статьях не указано когда, однако паром уходит в десять часов.
Министр не ответил на письмо.
Хольмсен не назвал причину.
Мост не открыт для движения.
Правительство не даёт денег на гавань.
Паром не пойдёт в Линдау.
Хольмсен сказал, что нет ответа из Линдау.
Решение не найдено на переговорах.
Гавань не построена.
Архив закрыт по понедельникам.
Нельзя ходить по мосту.""",
}


def list_cases(table):
    return [(language, line) for language in table for line in table[language].splitlines()]


@pytest.mark.parametrize(("language", "sentence"), list_cases(PLAIN))
def test_a_plain_refusal_is_known(language, sentence):
    assert is_refusal(sentence)


@pytest.mark.parametrize(("language", "sentence"), list_cases(CLAIMS))
def test_what_claims_something_is_no_refusal(language, sentence):
    assert not is_refusal(sentence)


@pytest.mark.parametrize("language", REFUSALS)
def test_the_refusal_that_a_model_is_asked_for_is_known_again(language):
    assert is_refusal(REFUSALS[language])


@pytest.mark.parametrize(("language", "sentence"), list_cases(PLAIN))
def test_a_refusal_that_goes_on_to_claim_something_is_none(language, sentence):
    claim = {
        "en": "the ferry to Lindau sails at ten",
        "de": "die Fähre nach Lindau fährt um zehn Uhr",
        "ru": "паром в Линдау уходит в десять часов",
    }[language]
    turn = {"en": "but", "de": "aber", "ru": "но"}[language]
    assert not is_refusal(f"{sentence[:-1]}, {turn} {claim}.")
    assert not is_refusal(f"{sentence[:-1]}; {claim}.")


def test_what_the_sources_lack_is_seen_beside_a_claim():
    assert says_what_lacks("The ferry sails at ten, but the articles do not say why.")
    assert not says_what_lacks("The ferry does not sail at ten.")
