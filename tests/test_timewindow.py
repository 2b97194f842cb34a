"""Times in questions, read on Wednesday, 15 May 2024, and which articles a window admits."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wortlaut.rag.understanding.timewindow import (
    OPEN,
    Window,
    find_step,
    find_window,
    may_tell,
    rate_times,
)

TODAY = date(2024, 5, 15)

TABLE = [
    ("en", "What did x say in 2022?", "2022-01-01..2022-12-31"),
    ("en", "2022?", "2022-01-01..2022-12-31"),
    ("en", "And in 2022?", "2022-01-01..2022-12-31"),
    ("en", "since January", "2024-01-01.."),
    ("en", "since June", "2023-06-01.."),
    ("en", "before March 2022", "..2022-02-28"),
    ("en", "between March and May 2022", "2022-03-01..2022-05-31"),
    ("en", "between 2020 and 2022", "2020-01-01..2022-12-31"),
    ("en", "in early 2022", "2022-01-01..2022-04-30"),
    ("en", "late last year", "2023-09-01..2023-12-31"),
    ("en", "last week", "2024-05-06..2024-05-12"),
    ("en", "two weeks ago", "2024-04-29..2024-05-05"),
    ("en", "in the last two weeks", "2024-05-01..2024-05-15"),
    ("en", "in the past month", "2024-04-15..2024-05-15"),
    ("en", "yesterday", "2024-05-14..2024-05-14"),
    ("en", "on Monday", "2024-05-13..2024-05-13"),
    ("en", "in the first quarter of 2022", "2022-01-01..2022-03-31"),
    ("en", "Q3 2021", "2021-07-01..2021-09-30"),
    ("en", "in the summer of 2022", "2022-06-01..2022-08-31"),
    ("en", "last summer", "2023-06-01..2023-08-31"),
    ("en", "in winter 2021/22", "2021-12-01..2022-02-28"),
    ("en", "on May 14, 2022", "2022-05-14..2022-05-14"),
    ("en", "on 14 May 2022", "2022-05-14..2022-05-14"),
    ("en", "from 3 to 10 May 2022", "2022-05-03..2022-05-10"),
    ("en", "from March 2022 to May", "2022-03-01..2022-05-31"),
    ("en", "FIFA 2022", ""),
    ("en", "about the 2022 budget", ""),
    ("en", "Expo 2020 costs", ""),
    ("en", "in the 1990s", "1990-01-01..1999-12-31"),
    ("en", "by 2090", ""),
    ("en", "2022 euros", ""),
    ("en", "since the beginning of the year", "2024-01-01.."),
    ("en", "in March and April 2022", "2022-03-01..2022-04-30"),
    ("en", "in 2021 and 2022", "2021-01-01..2022-12-31"),
    ("en", "since 2021 and before 2023", "2021-01-01..2022-12-31"),
    ("en", "from 2021 onwards", "2021-01-01.."),
    ("en", "until the end of 2022", "..2022-12-31"),
    ("en", "in 2022 about the war of 2008", "2022-01-01..2022-12-31"),
    ("en", "in the 2010 drought", ""),
    ("en", "What did May say about March?", ""),
    ("en", "as of March 2022", "..2022-03-31"),
    ("en", "in January this year", "2024-01-01..2024-01-31"),
    ("en", "2022-05-14", "2022-05-14..2022-05-14"),
    ("en", "14/05/2022", "2022-05-14..2022-05-14"),
    ("de", "Was sagte der Minister 2022 zu x?", "2022-01-01..2022-12-31"),
    ("de", "im Mai 2022", "2022-05-01..2022-05-31"),
    ("de", "seit Januar", "2024-01-01.."),
    ("de", "vor 2022", "..2021-12-31"),
    ("de", "vor zwei Wochen", "2024-04-29..2024-05-05"),
    ("de", "seit zwei Wochen", "2024-05-01..2024-05-15"),
    ("de", "in den letzten drei Monaten", "2024-02-15..2024-05-15"),
    ("de", "im vergangenen Jahr", "2023-01-01..2023-12-31"),
    ("de", "letzte Woche", "2024-05-06..2024-05-12"),
    ("de", "vorletztes Jahr", "2022-01-01..2022-12-31"),
    ("de", "Anfang 2022", "2022-01-01..2022-04-30"),
    ("de", "Ende Mai 2023", "2023-05-21..2023-05-31"),
    ("de", "zwischen März und Mai 2022", "2022-03-01..2022-05-31"),
    ("de", "von 2020 bis 2022", "2020-01-01..2022-12-31"),
    ("de", "vom 3. bis 10. Mai 2022", "2022-05-03..2022-05-10"),
    ("de", "bis Ende 2022", "..2022-12-31"),
    ("de", "Haushalt 2022", ""),
    ("de", "im ersten Quartal 2023", "2023-01-01..2023-03-31"),
    ("de", "im Sommer 2022", "2022-06-01..2022-08-31"),
    ("de", "gestern", "2024-05-14..2024-05-14"),
    ("de", "am Mittwoch", "2024-05-15..2024-05-15"),
    ("de", "letzten Freitag", "2024-05-10..2024-05-10"),
    ("de", "Ende letzten Jahres", "2023-09-01..2023-12-31"),
    ("de", "seit Jahresbeginn", "2024-01-01.."),
    ("de", "am 14. Mai", "2024-05-14..2024-05-14"),
    ("de", "am 24.02.2022", "2022-02-24..2022-02-24"),
    ("de", "im März letzten Jahres", "2023-03-01..2023-03-31"),
    ("de", "2020–2022", "2020-01-01..2022-12-31"),
    ("de", "nach März 2022", "2022-04-01.."),
    ("de", "bis 2090", ""),
    ("de", "in den 1990er Jahren", "1990-01-01..1999-12-31"),
    ("ru", "в 2022 году", "2022-01-01..2022-12-31"),
    ("ru", "с января", "2024-01-01.."),
    ("ru", "до марта 2022 года", "..2022-02-28"),
    ("ru", "с января по март 2022 года", "2022-01-01..2022-03-31"),
    ("ru", "между январём и мартом 2022 года", "2022-01-01..2022-03-31"),
    ("ru", "между 2020 и 2022 годами", "2020-01-01..2022-12-31"),
    ("ru", "в прошлом месяце", "2024-04-01..2024-04-30"),
    ("ru", "на прошлой неделе", "2024-05-06..2024-05-12"),
    ("ru", "в прошлом году", "2023-01-01..2023-12-31"),
    ("ru", "за последние две недели", "2024-05-01..2024-05-15"),
    ("ru", "два года назад", "2022-01-01..2022-12-31"),
    ("ru", "неделю назад", "2024-05-06..2024-05-12"),
    ("ru", "вчера", "2024-05-14..2024-05-14"),
    ("ru", "летом 2022 года", "2022-06-01..2022-08-31"),
    ("ru", "прошлым летом", "2023-06-01..2023-08-31"),
    ("ru", "в начале 2022 года", "2022-01-01..2022-04-30"),
    ("ru", "до конца 2022 года", "..2022-12-31"),
    ("ru", "в первом квартале 2022 года", "2022-01-01..2022-03-31"),
    ("ru", "14 мая 2022 года", "2022-05-14..2022-05-14"),
    ("ru", "война 2008 года", ""),
    ("ru", "бюджет на 2022 год", ""),
    ("ru", "за 2022 год", "2022-01-01..2022-12-31"),
    ("ru", "после 2022 года", "2023-01-01.."),
    ("ru", "в среду", "2024-05-15..2024-05-15"),
    ("ru", "в этом году", "2024-01-01..2024-12-31"),
    ("ru", "в марте прошлого года", "2023-03-01..2023-03-31"),
    ("ru", "в 1990-х годах", "1990-01-01..1999-12-31"),
    ("ru", "с начала года", "2024-01-01.."),
    ("ru", "в мае", "2024-05-01..2024-05-31"),
    ("ru", "с 2020 по 2022 год", "2020-01-01..2022-12-31"),
    ("ru", "во второй половине 2022 года", "2022-07-01..2022-12-31"),
    ("ru", "по состоянию на март 2022", "..2022-03-31"),
    ("en", "at the weekend", "2024-05-11..2024-05-12"),
    ("en", "last weekend", "2024-05-11..2024-05-12"),
    ("en", "over the weekend", "2024-05-11..2024-05-12"),
    ("en", "at the beginning of the week", "2024-05-13..2024-05-14"),
    ("en", "earlier this week", "2024-05-13..2024-05-19"),
    ("en", "the week before last", "2024-04-29..2024-05-05"),
    ("en", "the year before last", "2022-01-01..2022-12-31"),
    ("en", "the month before last", "2024-03-01..2024-03-31"),
    ("en", "two and a half years ago", "2021-10-01..2021-12-31"),
    ("en", "a year and a half ago", "2022-10-01..2022-12-31"),
    ("en", "half a year ago", "2023-10-01..2023-12-31"),
    ("en", "a fortnight ago", "2024-04-29..2024-05-05"),
    ("en", "between the 1st and the 10th of March", "2024-03-01..2024-03-10"),
    ("en", "between 1 and 10 March", "2024-03-01..2024-03-10"),
    ("en", "after Easter", "2024-04-02.."),
    ("en", "at Christmas 2022", "2022-12-24..2022-12-26"),
    ("en", "before Christmas", "..2023-12-23"),
    ("en", "in the first half of March 2022", "2022-03-01..2022-03-15"),
    ("en", "in the second half of March", "2024-03-16..2024-03-31"),
    ("en", "by 1991", "..1991-12-31"),
    ("en", "by March 2022", "..2022-03-31"),
    ("en", "written by 2 people", ""),
    ("en", "fourth quarter", "2023-10-01..2023-12-31"),
    ("en", "in the fourth quarter", "2023-10-01..2023-12-31"),
    ("en", "in the last quarter", "2024-01-01..2024-03-31"),
    ("en", "in May '22", "2022-05-01..2022-05-31"),
    ("en", "in '22", "2022-01-01..2022-12-31"),
    ("en", "a year ago today", "2023-05-15..2023-05-15"),
    ("en", "today a year ago", "2023-05-15..2023-05-15"),
    ("en", "from April 3 to 5", "2024-04-03..2024-04-05"),
    ("en", "from April 3 to April 5", "2024-04-03..2024-04-05"),
    ("en", "from April 3 to 5, 2022", "2022-04-03..2022-04-05"),
    ("en", "May 1 and 2", "2024-05-01..2024-05-02"),
    ("en", "on May 1 and 2, 2022", "2022-05-01..2022-05-02"),
    ("en", "on April 3-5", "2024-04-03..2024-04-05"),
    ("en", "on 1 and 2 May", "2024-05-01..2024-05-02"),
    ("en", "on the 3rd of this month", "2024-05-03..2024-05-03"),
    ("en", "2024-02-30", ""),
    ("en", "on 2023-02-29", ""),
    ("en", "calendar week 12 of 2024", "2024-03-18..2024-03-24"),
    ("en", "in the 90s", "1990-01-01..1999-12-31"),
    ("en", "in the '80s", "1980-01-01..1989-12-31"),
    ("en", "in the nineties", "1990-01-01..1999-12-31"),
    ("en", "in the eighties", "1980-01-01..1989-12-31"),
    ("en", "a decade ago", "2014-01-01..2014-12-31"),
    ("en", "two decades ago", "2004-01-01..2004-12-31"),
    ("en", "the third of May", "2024-05-03..2024-05-03"),
    ("en", "on the twenty-first of April 2022", "2022-04-21..2022-04-21"),
    ("en", "on May the third", "2024-05-03..2024-05-03"),
    ("en", "on Wednesday evening", "2024-05-15..2024-05-15"),
    ("en", "on the night of 3 May", "2024-05-03..2024-05-03"),
    ("en", "last night", "2024-05-14..2024-05-15"),
    ("en", "in the last quarter of 2022", "2022-10-01..2022-12-31"),
    ("en", "How many of the 90 said so?", ""),
    ("en", "Who said it first half of the time?", ""),
    ("en", "the second of three", ""),
    ("en", "a third of May voters", ""),
    ("en", "in the late 1990s", "1997-01-01..1999-12-31"),
    ("en", "in the early nineties", "1990-01-01..1993-12-31"),
    ("en", "late last week", "2024-05-10..2024-05-12"),
    ("en", "the day before yesterday", "2024-05-13..2024-05-13"),
    ("en", "What did Talberg say about the weekend ban?", ""),
    ("en", "Who won the Easter egg hunt?", ""),
    ("en", "What did the pope say about Easter?", ""),
    ("en", "What did he say about half a million?", ""),
    ("en", "second reading of the March bill", ""),
    ("en", "What happened on the second day?", ""),
    ("en", "What did he say about the fourth quarter?", ""),
    ("en", "Who scored in the first half?", "2024-01-01..2024-06-30"),
    ("en", "He is in his nineties", ""),
    ("en", "How many of 40 May voters", ""),
    ("en", "on May 1 and 20 people", "2024-05-01..2024-05-01"),
    ("en", "What did X say about 24.2.21.5?", ""),
    ("en", "What is Friday night football?", ""),
    ("en", "What was said on Monday afternoon about fees?", "2024-05-13..2024-05-13"),
    ("en", "at the end of last month", "2024-04-21..2024-04-30"),
    ("en", "in the middle of the month", "2024-05-11..2024-05-20"),
    ("en", "since Christmas", "2023-12-24.."),
    ("en", "between Christmas and New Year's Day 2023", "2022-12-24..2023-01-01"),
    ("de", "am Mittwochabend", "2024-05-15..2024-05-15"),
    ("de", "am Dienstagabend", "2024-05-14..2024-05-14"),
    ("de", "in der Nacht zum Donnerstag", "2024-05-08..2024-05-09"),
    ("de", "in der Nacht auf Mittwoch", "2024-05-14..2024-05-15"),
    ("de", "in der Nacht von Montag auf Dienstag", "2024-05-13..2024-05-14"),
    ("de", "am Wochenende", "2024-05-11..2024-05-12"),
    ("de", "am vergangenen Wochenende", "2024-05-11..2024-05-12"),
    ("de", "am vorletzten Wochenende", "2024-05-04..2024-05-05"),
    ("de", "an diesem Wochenende", "2024-05-11..2024-05-12"),
    ("de", "Anfang der Woche", "2024-05-13..2024-05-14"),
    ("de", "Mitte der Woche", "2024-05-15..2024-05-16"),
    ("de", "Ende der Woche", "2024-05-10..2024-05-12"),
    ("de", "vorvergangene Woche", "2024-04-29..2024-05-05"),
    ("de", "in der vorvergangenen Woche", "2024-04-29..2024-05-05"),
    ("de", "vor anderthalb Jahren", "2022-10-01..2022-12-31"),
    ("de", "vor zweieinhalb Jahren", "2021-10-01..2021-12-31"),
    ("de", "vor einem halben Jahr", "2023-10-01..2023-12-31"),
    ("de", "im Feber", "2024-02-01..2024-02-29"),
    ("de", "im Feber 2021", "2021-02-01..2021-02-28"),
    ("de", "am 24.2.21", "2021-02-24..2021-02-24"),
    ("de", "am 24.02.21", "2021-02-24..2021-02-24"),
    ("de", "zwischen dem 1. und dem 10. März", "2024-03-01..2024-03-10"),
    ("de", "zwischen dem 1. März und dem 10. April 2022", "2022-03-01..2022-04-10"),
    ("de", "zwischen 1. und 10. März 2022", "2022-03-01..2022-03-10"),
    ("de", "nach Ostern", "2024-04-02.."),
    ("de", "vor Weihnachten", "..2023-12-23"),
    ("de", "zu Ostern 2022", "2022-04-15..2022-04-18"),
    ("de", "an Weihnachten", "2023-12-24..2023-12-26"),
    ("de", "an Silvester 2022", "2022-12-31..2022-12-31"),
    ("de", "an Pfingsten 2022", "2022-06-04..2022-06-06"),
    ("de", "in der ersten Märzhälfte", "2024-03-01..2024-03-15"),
    ("de", "in der ersten Märzhälfte 2026", "2026-03-01..2026-03-15"),
    ("de", "in der zweiten Märzhälfte 2022", "2022-03-16..2022-03-31"),
    ("de", "in der ersten Hälfte des März", "2024-03-01..2024-03-15"),
    ("de", "viertes Quartal", "2023-10-01..2023-12-31"),
    ("de", "im vergangenen Quartal", "2024-01-01..2024-03-31"),
    ("de", "im Mai '24", "2024-05-01..2024-05-31"),
    ("de", "im Mai ’22", "2022-05-01..2022-05-31"),
    ("de", "heute vor einem Jahr", "2023-05-15..2023-05-15"),
    ("de", "heute vor zwei Wochen", "2024-05-01..2024-05-01"),
    ("de", "bis einschließlich März 2022", "..2022-03-31"),
    ("de", "am 3. dieses Monats", "2024-05-03..2024-05-03"),
    ("de", "am 3. des Monats", "2024-05-03..2024-05-03"),
    ("de", "am 30. vorigen Monats", "2024-04-30..2024-04-30"),
    ("de", "am 30.02.2024", ""),
    ("de", "am 31. April 2022", ""),
    ("de", "KW 12 2025", "2025-03-17..2025-03-23"),
    ("de", "in KW 12/2024", "2024-03-18..2024-03-24"),
    ("de", "in der 12. Kalenderwoche 2024", "2024-03-18..2024-03-24"),
    ("de", "in der KW 12", "2024-03-18..2024-03-24"),
    ("de", "Kalenderwoche 12", "2024-03-18..2024-03-24"),
    ("de", "heuer", "2024-01-01..2024-12-31"),
    ("de", "in den 90er Jahren", "1990-01-01..1999-12-31"),
    ("de", "in den neunziger Jahren", "1990-01-01..1999-12-31"),
    ("de", "in den 90ern", "1990-01-01..1999-12-31"),
    ("de", "in den 60er-Jahren", "1960-01-01..1969-12-31"),
    ("de", "vor einem Jahrzehnt", "2014-01-01..2014-12-31"),
    ("de", "am dritten Mai", "2024-05-03..2024-05-03"),
    ("de", "am einundzwanzigsten April 2022", "2022-04-21..2022-04-21"),
    ("de", "in der Nacht zum 3. Mai", "2024-05-02..2024-05-03"),
    ("de", "gestern Abend", "2024-05-14..2024-05-14"),
    ("de", "heute Morgen", "2024-05-15..2024-05-15"),
    ("de", "im letzten Quartal 2022", "2022-10-01..2022-12-31"),
    ("de", "Was kostet das Bier 90 Euro?", ""),
    ("de", "Warum liegt der Ort am Rhein nach Osten?", ""),
    ("de", "um Ostern", ""),
    ("de", "Was sagte die dritte Partei?", ""),
    ("de", "Anfang der 90er Jahre", "1990-01-01..1993-12-31"),
    ("de", "Ende der 1990er Jahre", "1997-01-01..1999-12-31"),
    ("de", "im vergangenen Jahrzehnt", "2010-01-01..2019-12-31"),
    ("de", "Mitte vergangener Woche", "2024-05-08..2024-05-09"),
    ("de", "Ende vergangener Woche", "2024-05-10..2024-05-12"),
    ("de", "in der Vorwoche", "2024-05-06..2024-05-12"),
    ("de", "Was sagte der Papst zu Weihnachten?", ""),
    ("de", "Was kostet das Weihnachtsgeld?", ""),
    ("de", "Wie viele der 90er Modelle gibt es?", ""),
    ("de", "Wer leitet die dritte Partei im Mai?", "2024-05-01..2024-05-31"),
    ("de", "Was sagte sie über das zweite Quartal?", ""),
    ("de", "Der Täter ist Mitte zwanzig", ""),
    ("de", "Was sagte Feld am kommenden Wochenende?", ""),
    ("de", "Was passiert am nächsten Wochenende?", ""),
    ("de", "Wie viel Prozent sind 3.5.20?", "2020-05-03..2020-05-03"),
    ("de", "Was sagte X zum Halbjahr?", ""),
    ("de", "im vergangenen Halbjahr", "2023-11-15..2024-05-15"),
    ("de", "Die Band aus den Achtzigern", "1980-01-01..1989-12-31"),
    ("de", "Was wurde gestern Nachmittag gesagt?", "2024-05-14..2024-05-14"),
    ("de", "seit Anfang der Woche", "2024-05-13.."),
    ("de", "seit dem Wochenende", "2024-05-11.."),
    ("de", "vor dem Wochenende", "..2024-05-10"),
    ("de", "Ende des Monats", "2024-05-21..2024-05-31"),
    ("de", "im Laufe des Monats", ""),
    ("de", "Anfang des Monats", "2024-05-01..2024-05-10"),
    ("de", "zwischen Weihnachten und Neujahr", "2023-12-24..2024-01-01"),
    ("de", "zwischen Ostern und Pfingsten 2022", "2022-04-15..2022-06-06"),
    ("de", "in der Nacht zum 1. Mai 2022", "2022-04-30..2022-05-01"),
    ("de", "im Winter 2021/22", "2021-12-01..2022-02-28"),
    ("de", "in der 20. Woche", ""),
    ("ru", "на выходных", "2024-05-11..2024-05-12"),
    ("ru", "в прошлые выходные", "2024-05-11..2024-05-12"),
    ("ru", "в начале недели", "2024-05-13..2024-05-14"),
    ("ru", "полтора года назад", "2022-10-01..2022-12-31"),
    ("ru", "два с половиной года назад", "2021-10-01..2021-12-31"),
    ("ru", "полгода назад", "2023-10-01..2023-12-31"),
    ("ru", "24.02.22", "2022-02-24..2022-02-24"),
    ("ru", "между 1 и 10 марта", "2024-03-01..2024-03-10"),
    ("ru", "после Пасхи", "2024-05-06.."),
    ("ru", "на Рождество 2022 года", "2022-01-06..2022-01-08"),
    ("ru", "в первой половине марта 2022 года", "2022-03-01..2022-03-15"),
    ("ru", "в прошлом квартале", "2024-01-01..2024-03-31"),
    ("ru", "четвёртый квартал", "2023-10-01..2023-12-31"),
    ("ru", "с 3 по 5 апреля", "2024-04-03..2024-04-05"),
    ("ru", "с 3 по 5 апреля 2022 года", "2022-04-03..2022-04-05"),
    ("ru", "до июня 2024 года включительно", "..2024-06-30"),
    ("ru", "до 5 апреля включительно", "..2024-04-05"),
    ("ru", "до марта 2022 года включительно", "..2022-03-31"),
    ("ru", "3-го числа этого месяца", "2024-05-03..2024-05-03"),
    ("ru", "в 90-е годы", "1990-01-01..1999-12-31"),
    ("ru", "в 90-х годах", "1990-01-01..1999-12-31"),
    ("ru", "в девяностые", "1990-01-01..1999-12-31"),
    ("ru", "в девяностых годах", "1990-01-01..1999-12-31"),
    ("ru", "десять лет назад", "2014-01-01..2014-12-31"),
    ("ru", "десятилетие назад", "2014-01-01..2014-12-31"),
    ("ru", "третьего мая", "2024-05-03..2024-05-03"),
    ("ru", "двадцать первого апреля 2022 года", "2022-04-21..2022-04-21"),
    ("ru", "в среду вечером", "2024-05-15..2024-05-15"),
    ("ru", "в ночь на среду", "2024-05-14..2024-05-15"),
    ("ru", "в ночь на 3 мая", "2024-05-02..2024-05-03"),
    ("ru", "третьего министра", ""),
    ("ru", "в начале 1990-х годов", "1990-01-01..1993-12-31"),
    ("ru", "Что сказала Тальберг о выходных?", ""),
    ("ru", "Кто из третьих стран поддержал?", ""),
    ("ru", "третьего министра мая", ""),
    ("ru", "с начала недели", "2024-05-13.."),
    ("ru", "до конца месяца", "..2024-05-31"),
]


@pytest.mark.parametrize(
    ("language", "text", "window"), TABLE, ids=[f"{row[0]}: {row[1]}" for row in TABLE]
)
def test_a_time_is_read(language, text, window):
    found, spans = find_window(text, TODAY, language=language)
    assert ("" if found.is_open else f"{found.since or ''}..{found.until or ''}") == window
    assert bool(spans) == bool(window)


@pytest.mark.parametrize(
    ("day", "text", "window"),
    [
        (date(2024, 5, 18), "am Wochenende", "2024-05-18..2024-05-19"),
        (date(2024, 5, 18), "am vergangenen Wochenende", "2024-05-11..2024-05-12"),
        (date(2024, 3, 30), "nach Ostern", "2024-04-02.."),
        (date(2024, 1, 3), "in der KW 50", "2023-12-11..2023-12-17"),
        (date(2024, 1, 3), "im vergangenen Quartal", "2023-10-01..2023-12-31"),
    ],
)
def test_a_time_without_a_year_is_the_latest_that_has_begun(day, text, window):
    found, _ = find_window(text, day, language="de")
    assert f"{found.since or ''}..{found.until or ''}" == window


@pytest.mark.parametrize(
    ("published", "text", "fits"),
    [
        (date(2024, 4, 12), "Im März 2024 lag die Rate bei zwei Prozent.", 1.0),
        (date(2024, 4, 12), "Im Vormonat lag sie bei einem Prozent.", 1.0),
        (date(2024, 1, 19), "Der erste Zug fährt am 14. März ab.", 1.0),
        (date(2025, 3, 2), "Vor einem Jahr brannte der Speicher.", 0.0),
        (date(2024, 3, 20), "Im Februar lag die Rate bei drei Prozent.", 0.0),
        (date(2024, 4, 2), "Die Rate lag bei zwei Prozent.", 0.5),
        (date(2024, 9, 2), "Die Rate lag bei zwei Prozent.", 0.0),
        (None, "Die Rate lag bei zwei Prozent.", 0.0),
    ],
)
def test_words_fit_an_event_that_they_name_or_that_was_news_then(published, text, fits):
    march = Window(date(2024, 3, 1), date(2024, 3, 31))
    assert rate_times(text, published, march) == fits


def test_an_article_may_tell_of_an_event_that_it_names_or_that_was_not_long_ago():
    event = Window(date(2019, 5, 1), date(2019, 5, 31))
    assert may_tell("Die Brücke ist fertig.", date(2019, 11, 1), event)
    assert may_tell("Sie war 2019 eingestürzt.", date(2024, 5, 1), event)
    assert may_tell("Die Brücke ist fertig.", None, event)
    assert not may_tell("Die Brücke ist fertig.", date(2024, 5, 1), event)
    assert not may_tell("Sie war 2018 eingestürzt.", date(2024, 5, 1), event)


def test_the_words_of_a_time_are_given_with_their_preposition():
    text = "What did the minister say between March and May 2022 about fees?"
    _, spans = find_window(text, TODAY)
    assert [span.of(text) for span in spans] == ["between March and May 2022"]


def test_a_month_without_a_year_lies_in_the_conversations_year():
    near = Window(date(2022, 1, 1), date(2022, 12, 31))
    assert find_window("in March", TODAY, near=near)[0] == Window(
        date(2022, 3, 1), date(2022, 3, 31)
    )


def test_an_article_known_to_the_month_overlaps_the_month():
    window = Window(date(2022, 3, 10), date(2022, 3, 20))
    assert window.admits(date(2022, 3, 1), "month")
    assert not window.admits(date(2022, 3, 1), "day")
    assert not window.admits(date(2022, 4, 1), "month")
    assert window.admits(date(2022, 1, 1), "year")
    assert not window.admits(date(2021, 1, 1), "year")


def test_an_undated_article_is_admitted_only_by_a_window_open_on_both_sides():
    assert OPEN.admits(None, "unknown")
    assert not Window(since=date(2022, 1, 1)).admits(None, "unknown")
    assert not Window(until=date(2022, 1, 1)).admits(date(2021, 1, 1), "unknown")


def test_an_empty_window_admits_nothing():
    window = Window(date(2022, 5, 1), date(2022, 4, 1))
    assert window.is_empty
    assert not window.admits(date(2022, 4, 1), "year")


DAYS = st.dates()
WINDOWS = st.builds(Window, st.none() | DAYS, st.none() | DAYS)
PRECISIONS = st.sampled_from(["day", "month", "year", "unknown"])
WORDS = (
    "since until before after between and from to in the last first 2 weeks ago year quarter of 2022"
    " 1999 2090 May March 31 30. Februar seit bis zwischen und vor drei Jahren Ende Anfang letzten"
    " Monat Sommer Winter с до по между и марте года прошлом 5 дней назад летом Q4 31.12.2022"
    " 2022-02-30 12/25/2021 1990s 2021/22 - – , yesterday Mittwoch heute Wochenende KW 12 Ostern"
    " Weihnachten ’24 '90s 90er anderthalb half a decade fortnight вторую половине Märzhälfte der"
    " Nacht zum dritten of the с половиной полгода выходных числа dieses Monats Quartal letzten"
)
PIECES = st.sampled_from(WORDS.split())


@given(WINDOWS, WINDOWS, DAYS)
def test_a_day_is_in_both_windows_if_and_only_if_it_is_in_their_intersection(a, b, day):
    assert a.intersect(b) == b.intersect(a)
    assert a.intersect(b).admits(day, "day") == (a.admits(day, "day") and b.admits(day, "day"))


@given(WINDOWS, DAYS)
def test_a_coarser_date_is_admitted_wherever_its_day_is(window, day):
    if window.admits(day, "day"):
        assert window.admits(day, "month")
        assert window.admits(day, "year")


@given(WINDOWS, DAYS, PRECISIONS)
def test_an_admitted_period_has_a_day_inside_the_window(window, day, precision):
    admitted = window.admits(day, precision)
    if precision == "month" and not window.is_open:
        first = day.replace(day=1)
        days = [first + timedelta(n) for n in range(31 if first < date(9999, 12, 1) else 30)]
        inside = [d for d in days if d.month == day.month and window.admits(d, "day")]
        assert admitted == bool(inside)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, min_size=1, max_size=10).map(" ".join),
    DAYS,
    st.sampled_from(["en", "de", "ru"]),
)
def test_any_mixture_of_time_words_gives_ordered_spans_and_no_crash(text, today, language):
    window, spans = find_window(text, today, language=language)
    assert window.is_open == (not spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.of(text).strip() == span.of(text) for span in spans)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 12), st.integers(1950, 2024), st.sampled_from(["en", "de", "ru"]))
def test_a_month_of_a_year_is_exactly_that_month(month, year, language):
    texts = {
        "en": "in January February March April May June July August September October November"
        " December",
        "de": "im Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "ru": "в январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
    }
    lead, *months = texts[language].split()
    suffix = " года" if language == "ru" else ""
    window, _ = find_window(
        f"{lead} {months[month - 1]} {year}{suffix}?", date(2024, 12, 31), language=language
    )
    assert window.since == date(year, month, 1)
    assert (window.until + timedelta(days=1)).day == 1
    assert window.until.month == month


STEPS = [
    ("en", "And the year after?", "2022", "2023-01-01..2023-12-31"),
    ("en", "the year before that", "2022", "2021-01-01..2021-12-31"),
    ("en", "two years later", "2020", "2022-01-01..2022-12-31"),
    ("en", "a month later", "January 2024", "2024-02-01..2024-02-29"),
    ("en", "the following week", "May 1, 2024", "2024-05-08..2024-05-08"),
    ("en", "the next month", "2022", "2023-01-01..2023-01-31"),
    ("en", "the previous year", "2020 to 2022", "2019-01-01..2019-12-31"),
    ("en", "a month later", "on February 28, 2023", "2023-03-28..2023-03-28"),
    ("en", "a month later", "from 28 February 2023 to 5 March 2023", "2023-03-28..2023-04-05"),
    ("en", "a month later", "on January 31, 2023", "2023-02-28..2023-02-28"),
    ("en", "a month later", "February 2023", "2023-03-01..2023-03-31"),
    ("en", "a year later", "February 2023", "2024-02-01..2024-02-29"),
    ("en", "the previous month", "March 2023 to May 2023", "2023-02-01..2023-02-28"),
    ("de", "Und im Jahr danach?", "2022", "2023-01-01..2023-12-31"),
    ("de", "zwei Jahre später", "2020", "2022-01-01..2022-12-31"),
    ("de", "einen Monat davor", "März 2024", "2024-02-01..2024-02-29"),
    ("de", "im Folgejahr", "März 2021", "2022-03-01..2022-03-31"),
    ("de", "im Vorjahr", "2021", "2020-01-01..2020-12-31"),
    ("ru", "А годом позже?", "2022", "2023-01-01..2023-12-31"),
    ("ru", "через два года", "2020", "2022-01-01..2022-12-31"),
    ("ru", "в следующем месяце", "January 2024", "2024-02-01..2024-02-29"),
    ("ru", "за год до этого", "2022", "2021-01-01..2021-12-31"),
]


@pytest.mark.parametrize(("language", "text", "before", "window"), STEPS)
def test_a_step_in_time_starts_from_the_time_talked_about(language, text, before, window):
    step = find_step(text, language)
    assert step is not None
    past, _ = find_window(f"in {before}" if before[0].isdigit() else before, TODAY)
    taken = step.take(past)
    assert f"{taken.since}..{taken.until}" == window


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What did she say two days after the strike?"),
        ("en", "What did she say the year before she resigned?"),
        ("en", "What did she say a week after that strike?"),
        ("en", "What did he write two years on the board?"),
        ("en", "Was it a year later than the vote?"),
        ("de", "Was sagte sie zwei Tage nach dem Streik?"),
        ("de", "Kam das zwei Tage später als der Streik?"),
        ("ru", "Что она сказала через два дня после забастовки?"),
        ("ru", "Что она сказала за год до выборов?"),
        ("ru", "Что она сказала за год до того, как ушла?"),
    ],
)
def test_a_step_from_something_else_is_no_step_from_the_time_talked_about(language, text):
    assert find_step(text, language) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What did she say two days after that?"),
        ("en", "What did she say the year before about rents?"),
        ("en", "And the year after, what did she say?"),
        ("ru", "Что она сказала через два дня после этого?"),
    ],
)
def test_a_step_may_stand_inside_the_question(language, text):
    assert find_step(text, language) is not None


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(STEPS), st.dates(), st.dates())
@example(("en", "the next month"), date(2000, 1, 1), date.max)
@example(("en", "two years later"), date(2000, 1, 1), date.max)
@example(("en", "the previous year"), date.min, date(2000, 1, 1))
@example(("en", "the month before"), date.min, date.min)
@example(("en", "a month later"), date.max, date.max)
def test_a_step_from_any_time_gives_a_window(row, one, other):
    step = find_step(row[1], row[0])
    assert step is not None
    taken = step.take(Window(min(one, other), max(one, other)))
    assert not taken.is_empty
    assert step.take(OPEN) == OPEN
