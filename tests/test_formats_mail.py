"""Mail: what the sender wrote, whose it is and of which day, and what is attached."""

import mailbox
from datetime import date
from email.message import EmailMessage

import pytest
from papers import make_docx

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import SourceNotice, read_articles

TEXT = "Der Damm hält, sagte Deichgräfin Jördis Wattmann.\n\nSie dankte den Helfern.\n"


def make_mail(text=TEXT, subject="Damm hält", **heads):
    message = EmailMessage()
    message["From"] = "Pressestelle Tarvo <jw@tarvo.example>"
    message["To"] = "redaktion@bote.example"
    message["Subject"] = subject
    message["Date"] = "Tue, 03 Feb 2026 23:30:00 +0100"
    message["Message-ID"] = "<1@tarvo.example>"
    for name, value in heads.items():
        del message[name]
        message[name] = value
    message.set_content(text)
    return message


def read(tmp_path, raw, name="a.eml"):
    path = tmp_path / name
    path.write_bytes(bytes(raw))
    return list(read_articles(path, date(2026, 3, 1)))


def test_a_message_has_a_headline_a_day_and_a_sender_without_address(tmp_path):
    (article,) = read(tmp_path, make_mail(subject="AW: Damm hält – Dank an alle"))
    assert (article.title, article.published) == ("Damm hält – Dank an alle", date(2026, 2, 3))
    assert (article.source, article.guid) == ("Pressestelle Tarvo", "<1@tarvo.example>")
    assert "Jördis Wattmann.\n\nSie dankte" in article.text
    assert "redaktion@" not in article.text


def test_a_bare_address_gives_its_domain(tmp_path):
    (article,) = read(tmp_path, make_mail(From="jw@tarvo.example"))
    assert article.source == "tarvo.example"


@pytest.mark.parametrize(
    "more",
    [
        "\n-- \nJördis Wattmann\nTel. 0123",
        "\nAm 2. Februar 2026 schrieb Ole Brink <ob@brenn.example>:\n\n> Hält der Damm?\n> Ja?\n",
        "\nAm 2. Februar 2026 um 10:11 Uhr schrieb\nOle Brink <ob@brenn.example>:\n> Hält der Damm?\n",
        "\n-----Ursprüngliche Nachricht-----\nVon: Ole Brink\nGesendet: Montag\nBetreff: Damm\n\nHält er?",
        "\n________________________________\nVon: Ole Brink\nGesendet: Montag\nAn: Alle\n\nHält er?",
    ],
)
def test_quoted_answers_and_signatures_are_out(tmp_path, more):
    (article,) = read(tmp_path, make_mail(TEXT + more, subject="Damm"))
    assert article.text == "Damm\n\n" + TEXT.rstrip()


def test_a_forwarded_message_is_the_text(tmp_path):
    text = f"z.K.\n\n---------- Forwarded message ---------\nVon: Ole <o@b.example>\nDate: Mo\nSubject: Damm\n\n{TEXT}"
    (article,) = read(tmp_path, make_mail(text, subject="Fwd: Damm"))
    assert TEXT.rstrip() in article.text
    assert "Von:" not in article.text


def test_flowed_lines_are_joined(tmp_path):
    message = make_mail("Der Damm \nhält, sagte \nWattmann.\nEr ging.\n", subject="Damm")
    message.set_param("format", "flowed")
    (article,) = read(tmp_path, message)
    assert article.text == "Damm\n\nDer Damm hält, sagte Wattmann.\nEr ging."


def test_of_two_forms_the_whole_one_is_read_and_quotations_in_html_are_out(tmp_path):
    message = make_mail("Ihr Programm zeigt kein HTML.", subject="Damm")
    message.add_alternative(
        "<html><body><div style='display: none'>Vorschau</div><p>Der Damm <b>hält</b>, sagte Deichgräfin Wattmann "
        "an diesem Morgen in Tarvo.</p><p>Sie dankte den Helfern aus Brenn und Lohe für die Nacht.</p>"
        "<blockquote type='cite'>Hält er?</blockquote></body></html>",
        subtype="html",
    )
    (article,) = read(tmp_path, message)
    assert article.text == (
        "Damm\n\nDer Damm hält, sagte Deichgräfin Wattmann an diesem Morgen in Tarvo.\n\n"
        "Sie dankte den Helfern aus Brenn und Lohe für die Nacht."
    )


def test_attachments_are_articles_of_their_own_and_pictures_a_notice(tmp_path):
    message = make_mail()
    docx = make_docx("<w:p><w:r><w:t>Die Fähre fährt.</w:t></w:r></w:p>")
    message.add_attachment(
        docx, maintype="application", subtype="octet-stream", filename="../Fähre.docx"
    )
    message.add_attachment(b"x", maintype="image", subtype="png", filename="bild.png")
    message.add_attachment(make_mail("Der Zug fährt, sagte Ole Brink.", subject="Zug"))
    mail, docx, inner, notice = read(tmp_path, message)
    assert docx.text == "Die Fähre fährt."
    assert inner.title == "Zug"
    assert len({mail.id, docx.id, inner.id}) == 3
    assert isinstance(notice, SourceNotice)
    assert ".png" in notice.text


def test_a_wrong_charset_does_not_spoil_the_text(tmp_path):
    raw = bytes(make_mail("Wattmann sagt nein.")).replace(b"Wattmann", "Jördis".encode("cp1252"))
    for charset in (b"x-unknown", b"utf-8", b"us-ascii", b"iso-8859-1"):
        (article,) = read(tmp_path, raw.replace(b"utf-8", charset))
        assert "Jördis sagt nein." in article.text


def test_a_mailbox_is_its_messages(tmp_path):
    box = mailbox.mbox(tmp_path / "a.mbox")
    for number in range(3):
        text = "Der Damm hält.\n\nFrom Brenn kam Hilfe, sagte Wattmann.\n"
        box.add(
            make_mail(text, subject=f"Damm {number}", **{"Message-ID": f"<{number}@t.example>"})
        )
    box.close()
    articles = list(read_articles(tmp_path / "a.mbox", date(2026, 3, 1)))
    assert [article.title for article in articles] == ["Damm 0", "Damm 1", "Damm 2"]
    assert all("\n\nFrom Brenn kam Hilfe" in article.text for article in articles)
    assert len({article.id for article in articles}) == 3


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"Content-Type: multipart/encrypted; boundary=x\n\n--x--", "encrypted"),
        (b"\x01\x02\x03 kein Brief", "no mail"),
        (b"Subject: leer\n\n\n", "without text"),
    ],
)
def test_a_message_that_cannot_be_read_is_named(tmp_path, raw, reason):
    (error,) = read(tmp_path, raw)
    assert isinstance(error, SourceError)
    assert reason in error.reason


def test_a_head_that_no_library_can_parse_does_not_lose_the_text(tmp_path):
    raw = b"From: " + b"a,<" * 2000 + b"\nSubject: Damm\n\nDer Damm steht fest.\n"
    (article,) = read(tmp_path, raw)
    assert article.text == "Damm\n\nDer Damm steht fest.\n".rstrip()


@pytest.mark.parametrize("line", [b"-----\n", b"--b\n\nx\n", b"-----Von: a\nAn: b\n"])
def test_a_message_of_lines_and_nothing_else_is_read_or_named_at_once(tmp_path, line):
    head = b"Subject: Damm\nContent-Type: multipart/mixed; boundary=b\n\n"
    for result in read(tmp_path, head + line * 100_000):
        assert isinstance(result, Article | SourceError)


def test_a_day_that_cannot_be_read_is_a_notice(tmp_path):
    raw = bytes(make_mail()).replace(b"Tue, 03 Feb 2026 23:30:00 +0100", b"gestern")
    notice, article = read(tmp_path, raw)
    assert isinstance(notice, SourceNotice)
    assert isinstance(article, Article)
